"""Vocabulary shared by every layer: places, values, edits, findings, diagnostics."""
