"""What can happen to a request on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .exchange import Exchange, Fault, Response


def reset_after(count: int) -> Fault:
    """Reset the connection once `count` bytes of the body have come."""

    def fault(exchange: Exchange) -> None:
        exchange.read(count)
        exchange.reset()

    return fault


def close_unanswered(exchange: Exchange) -> None:
    """Close the connection without carrying the request out."""
    exchange.body()
    exchange.close()


def lose_answer(exchange: Exchange) -> None:
    """Let the server carry the request out, and close the connection in place of its answer."""
    exchange.forward()
    exchange.close()


def cut_answer(count: int) -> Fault:
    """Let the server carry the request out, and give the client `count` bytes of its answer.

    A negative count leaves so many off.
    """

    def fault(exchange: Exchange) -> None:
        exchange.send(bytes(exchange.forward())[:count])
        exchange.close()

    return fault


def close_afterwards(exchange: Exchange) -> None:
    """Answer in full, and then close the connection, though it should have been kept."""
    exchange.send(exchange.forward())
    exchange.close()


def answer(
    status: int, headers: Mapping[str, str] | None = None, body: bytes = b'{"detail": "no"}'
) -> Fault:
    """Answer in the server's place; the request is not carried out."""

    def fault(exchange: Exchange) -> None:
        exchange.body()
        exchange.send(Response(status, headers or {}, body))

    return fault


def late_answer(seconds: float) -> Fault:
    """Let the server carry the request out, and hold its answer back for a time."""

    def fault(exchange: Exchange) -> None:
        got = exchange.forward()
        exchange.pause(seconds)
        exchange.send(got)

    return fault


def alter_content(change: Callable[[bytes], bytes]) -> Fault:
    """Change the form's file on the way to the server."""

    def fault(exchange: Exchange) -> None:
        body = exchange.body()
        start = body.rindex(b"\r\n\r\n") + 4
        end = body.rindex(b"\r\n--")
        altered = body[:start] + change(body[start:end]) + body[end:]
        exchange.send(exchange.forward(body=altered))

    return fault
