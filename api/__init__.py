"""The admin override API and its page: what the chain says, and the one door for a human's word."""
