"""Panels, score sheets and marks; the judge's tablet, the hall it is in, and the chief judge's view of both.

==========================================  ====================================================================================
rooms                                       what is there
==========================================  ====================================================================================
``rules``, ``panels``, ``revotes``,         what may be marked, seen, voted on again, ruled, and what happened to a sheet: pure
``rulings``, ``history``, ``late_entry``,
``progress``, ``panel_votes``, ``drawings``
``clerk``, ``actions``, ``commits``         marks taken under the event's lock, many tablets in one commit
``signing``, ``photographs``, ``messages``  what lies beside marks: sign-offs and signatures, evidence, what is said
``rescue``                                  what a tablet could not send, recorded as if it had
``snapshot``, ``outlook``                   what a tablet works with; what the chief judge sees
``hall``, ``rounds``, ``lines``,            the tablets that are connected, and what each is told when something changes
``hall_notes``
``app_files``                               the files of the tablet's app, and its version
``store``, ``papers_store``,                all SQL, by what it is about
``messages_store``, ``hall_store``,
``desk_store``
``pages``, ``paper_pages``, ``app_pages``,  the handlers: tablets' JSON, the app's pages, both sockets, the desk
``hall_pages``, ``chief_pages``,
``sheet_pages``, ``late_entry_pages``,
``rescue_pages``, ``bench_pages``,
``desk_pages``
==========================================  ====================================================================================
"""
