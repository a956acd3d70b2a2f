"""A follower follows the boards' own small contest."""

from tests.scoreboards.conftest import house

__all__ = ["house"]
