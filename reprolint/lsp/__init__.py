"""The language server: diagnostics, quick fixes and explanations in an editor."""
