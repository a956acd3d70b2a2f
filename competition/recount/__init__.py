"""The second scorer: the same results, computed once more and in another way, in SQL from the ledger."""
