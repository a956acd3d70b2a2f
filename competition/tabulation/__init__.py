"""Results from plain files: a scheme, a table of marks and a list of entrants in; places, points and their traces out."""
