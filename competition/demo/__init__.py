"""The demo: a whole competition set up through the same actions as a real one, and robot judges on the real HTTP interface."""
