"""Who did what, when and why, row by row from the chain's events; and the file that proves it."""
