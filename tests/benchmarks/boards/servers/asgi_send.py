"""Raw ASGI on uvicorn: what is sent, is sent by each viewer's own `send`."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.boards.servers.lines import run, serve

viewers: set[Any] = set()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accept a viewer and keep them until they leave."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    viewers.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        viewers.discard(send)


async def broadcast(text: str) -> None:
    """Send one frame to everybody."""
    event = {"type": "websocket.send", "text": text}
    for send in list(viewers):
        await send(event)


if __name__ == "__main__":
    run(serve(app, broadcast, lifespan="off"))
