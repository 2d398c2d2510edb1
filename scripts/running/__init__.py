"""A plant that runs: its processes, how far it is, and what came of it."""
