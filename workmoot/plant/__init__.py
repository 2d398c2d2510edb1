"""What a user writes: a plant and its orders; read, checked, and told to chain, workers and gateway."""
