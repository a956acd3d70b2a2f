"""Scoring, pure: scheme and marks in; points, totals and places out."""
