"""The WorldSkills CIS marking-scheme workbook: read in whatever layout of whatever year, and written out again."""
