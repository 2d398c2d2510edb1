"""The tests, as one package: they share their helpers as `tests.<module>`."""
