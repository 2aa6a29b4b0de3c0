"""Use cases: check, fix, verify, explain. They read and write the user's files; they print nothing.

Each is in the module of its name, to be imported when it is needed.
"""
