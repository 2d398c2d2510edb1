"""FlexVega under disturbances: what a community gets done, beside a fixed plan, bidding and an optimiser that knows."""
