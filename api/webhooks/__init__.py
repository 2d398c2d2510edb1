"""Telling others: each event of the chain posted to who asked for it."""
