"""Who comes to the API, and what each may do there."""
