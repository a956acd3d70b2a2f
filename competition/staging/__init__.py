"""Staging: what is put on show beside the standings: boards and their themes, freezes, reveals, passes, displays.

==========================================  ====================================================================================
rooms                                       what is there
==========================================  ====================================================================================
``rules``, ``reveal``                       what may be put on show and how a reveal moves; the script of one: pure
``actions``                                 boards, themes, freezes, reveals, passes: each in one transaction, on record
``keeper``                                  works out beside everything else what standings come to, and takes freezes on time
``displays``, ``display_lines``             hall screens: let in, named and told what to show; the live lines of both ends
``screens``                                 rings for every hall screen that is connected here when it may have another order
``board_desk``, ``kinds``                   what the desk's page of an event's boards offers; the kinds in words
``store``, ``keeper_store``,                all SQL, by who asks
``desk_store``, ``displays_store``
``board_pages``, ``theme_pages``,           the handlers: the desk's forms, the presenter's reveal, the hall screen's own page
``freeze_pages``, ``pass_pages``,
``reveal_pages``, ``display_pages``
``reveal_door``                             lets whoever presents straight in to the reveal, or to a list of the events
==========================================  ====================================================================================

What is shown moves by two counters of the event: ``revision`` counts all that happens, ``shown`` what everybody may see of it. A
verb whose effect nobody may know of yet (a draft, a reveal that is prepared, a pass that is closed) moves the first alone.
"""
