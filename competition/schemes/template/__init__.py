"""The organiser's workbook: a marking scheme as sheets to fill in, out and in again."""

from competition.schemes.template.reader import read_template
from competition.schemes.template.writer import write_template

__all__ = ["read_template", "write_template"]
