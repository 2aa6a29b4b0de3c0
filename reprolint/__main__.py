"""`python -m reprolint`."""

from reprolint.cli import main

if __name__ == "__main__":
    main()
