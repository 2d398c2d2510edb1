"""From the ledger to what the API says: pure functions of one snapshot."""
