"""Delegations, entrants and the roster they come from."""
