"""The page: drawn on the server, kept live by a stream, nothing inline, nothing from elsewhere."""
