"""What a decision of N members about T tasks costs: ours and its peers', from receipts of one run."""
