"""How good what is decided is, on public instances of the flexible job shop, against the best that is known of them."""
