"""``python -m competition`` is the ``leitai`` command."""

from competition.cli import main

main()
