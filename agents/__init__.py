"""The digital-worker daemon: it looks at the chain, decides by a pure policy, acts and waits."""
