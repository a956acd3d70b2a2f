"""Standings, penalties and publication."""
