"""Repairs findings: verbs decide on facts and deliver text edits, `apply` chooses and applies them."""
