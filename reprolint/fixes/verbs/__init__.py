"""One verb a file: `insert-seed` is the function `fix` of `insert_seed.py`."""
