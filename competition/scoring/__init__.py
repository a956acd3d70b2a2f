"""Scoring: a scheme and marks in; totals, traces, places, scales and awards out. Pure, in ``Decimal``; no clock, no chance, no I/O.

From the inside out, each module in the words of the field:

- figures: ``rounding`` (exact sums, declared rounding), ``arithmetic``, ``remembered``
- a reading: ``readings`` (may it be taken?), ``plausible``, ``points`` with ``measured``, ``timed`` and ``tolerance`` (what it
  gives), ``explain`` with ``explain_measured``, ``explain_timed`` and ``links`` (the steps to it), ``guide`` (what a judge is told)
- an entrant: ``record`` (what counts), ``plan`` (the scheme made ready), ``panels`` (judges), ``compute`` (every figure), ``tally``
  (the figures alone), ``totals`` with ``outline`` (the whole trace), ``reach`` (what can still change)
- the field: ``order`` and ``ranking`` with ``cuts`` and ``majority``, ``leaderboard`` (kept up to date), ``within`` (how many)
- the closing: ``scale``, ``awards``, ``medals``, ``teams``, ``advancement``, ``placed``, and ``closing``, which does it all
"""
