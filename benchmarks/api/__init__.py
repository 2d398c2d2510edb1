"""What reading the chain through the API costs."""
