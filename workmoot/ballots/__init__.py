"""Signed ballots on their way: boxes that anyone may offer and nobody has to trust, and how a member uses them."""
