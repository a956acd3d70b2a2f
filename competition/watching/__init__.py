"""Following a board from afar, as any program can: ``follow`` speaks the boards' protocol, ``terminal`` draws what it hears."""
