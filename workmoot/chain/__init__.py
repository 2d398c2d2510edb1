"""The only package that talks to a node, and the contracts' form in memory."""
