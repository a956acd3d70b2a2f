"""The contest: everything that is written, from a roster to a podium."""

__version__ = "0.1.0"
