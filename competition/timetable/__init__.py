"""Sessions, benches, and the draw that gives each entrant a code."""
