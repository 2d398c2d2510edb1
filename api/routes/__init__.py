"""One module per resource; a route translates and calls."""
