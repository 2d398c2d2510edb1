"""The library every Workmoot program shares: the words, the chain, artificial systems, planning, skills."""
