"""What the API says, to the letter: one module per resource."""
