"""One file as a program: syntax tree, scopes, comments that speak to us."""
