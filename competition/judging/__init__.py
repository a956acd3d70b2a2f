"""Panels, score sheets, marks and the ledger; the judge's tablet."""
