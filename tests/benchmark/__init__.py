"""Times reprolint against `ast.parse` and ruff on the same files, in one run: `python -m tests.benchmark FOLDER`."""
