"""Where the figures in the documents come from."""
