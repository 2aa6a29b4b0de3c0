"""Diagnostics and rules as text: each format one function from values to a string."""
