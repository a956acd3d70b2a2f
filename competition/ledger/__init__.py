"""The ledger: the append-only truth of an event, the book it folds into, and the standings it comes to."""
