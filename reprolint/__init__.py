"""Reproducible training: find what would differ between two runs, repair it, prove it."""

__version__ = "0.1.0"
