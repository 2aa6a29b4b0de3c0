"""Facts of many files linked: imports, targets of calls, entries, the flow of streams and switches."""
