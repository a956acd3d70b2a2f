"""The protocol of live connections keeps its contract with the web server."""

from __future__ import annotations

from competition.plumbing.transport import LiveProtocol, abort_of


def test_transport_offers_a_way_out() -> None:
    """The contract with uvicorn's internals: the protocol has what ours leans on."""
    assert callable(LiveProtocol.run_asgi)
    assert callable(LiveProtocol.connection_made)
    abort_of({"type": "websocket"})()
