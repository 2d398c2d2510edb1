"""The words of the floor as values and rules: no clock, no network, no chain."""
