"""What is known about libraries, and the rules: schema and loader of `rules/`."""
