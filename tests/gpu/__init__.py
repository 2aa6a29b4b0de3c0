"""Measurements on a GPU, and what they are compared with."""
