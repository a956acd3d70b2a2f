"""The one error table: every problem becomes one answer, a page for people and ``application/problem+json`` for programs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
from asyncpg.exceptions._base import DataError as DriverDataError
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap

from competition.plumbing.database import UNREACHABLE
from competition.plumbing.locale import sentence_of, translate
from schemas.problems import N_, Busy, NotFound, NotSignedIn, Problem, ProblemDetails

log = logging.getLogger("leitai")

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = 2
MOST_MEGABYTES = 8
"""The largest request that is read at all; a roster is the largest thing anybody sends."""
CLIENT_LEFT = "client disconnected prematurely"
"""Litestar's words for a tablet that went away while it was sending, with a status of 500: no fault of ours."""

TITLES = {
    400: N_("This could not be read"),
    401: N_("Please sign in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    409: N_("Something else happened first"),
    413: N_("Too large"),
    422: N_("Please check what was sent"),
    429: N_("Too many tries"),
    500: N_("A fault of the server"),
    503: N_("One moment"),
}


class Unreadable(Problem):
    """A request that does not have the form its address asks for."""

    status = 400
    sentence = N_("What was sent does not have the form that is asked for here. Reload the page and try again.")


class FieldsUnreadable(Unreadable):
    """Fields of a request that are missing, that it should not have, or whose value cannot be read."""

    sentence = N_(
        "These fields are missing, unknown or have a value that cannot be read: {fields}. "
        "Reload the page, check them and try again."
    )

    @classmethod
    def type(cls) -> str:
        """For programs the same as any request of a wrong form."""
        return Unreadable.type()


class PageExpired(Problem):
    """A form or a script came without the token of a page of ours."""

    status = 403
    sentence = N_("This page has expired, or the request came from another site. Reload the page and try again.")


class ValueUnfit(Problem):
    """A value that no column can hold: a number too large, a text with a NUL in it."""

    status = 400
    sentence = N_("A value that was sent is too large, or has characters that cannot be kept. Check it and try again.")


class TooLarge(Problem):
    """A request larger than any that is meant."""

    status = 413
    sentence = N_("What was sent is larger than {most} MB, the most that is taken. Send a smaller file.")


class Unexpected(Problem):
    """A fault of ours; the log has the details."""

    status = 500
    sentence = N_(
        "The server made a mistake and has noted it. Nothing was half written; try again, and tell the organiser if it stays."
    )


def answer_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """One problem, one answer, in the reader's language."""
    if isinstance(problem, NotSignedIn) and _wants_page(request) and request.method == "GET":
        return Redirect(f"{problem.door}?next={quote(request.url.path)}", status_code=303)
    title = translate(TITLES.get(problem.status, TITLES[422]))
    details = ProblemDetails(type=problem.type(), title=title, status=problem.status, detail=sentence_of(problem))
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if _wants_page(request):
        return Template("problem.html", context={"page": details}, status_code=problem.status, headers=headers)
    return Response(details, status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def answer_http(request: Request[Any, Any, Any], exception: HTTPException) -> Response[Any]:
    """What the framework refuses: no such address, a body of the wrong form, a forged form."""
    match exception.status_code:
        case 404 | 405:
            return answer_problem(request, NotFound())
        case 403:
            return answer_problem(request, PageExpired())
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return answer_problem(request, TooLarge(most=MOST_MEGABYTES))
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR and exception.detail != CLIENT_LEFT:
            return answer_unexpected(request, exception)
        case _:
            return _answer_unreadable(request, exception)


def answer_unreachable(request: Request[Any, Any, Any], exception: Exception) -> Response[Any]:
    """The database is away for a moment: what was asked is unknown, never failed, and may be sent again."""
    log.warning("database unreachable: %r", exception)
    return answer_problem(request, Busy())


def answer_unfit(request: Request[Any, Any, Any], exception: Exception) -> Response[Any]:
    """The database or its driver cannot hold what was sent; an address with a NUL is none, and only who tries doors asks for it."""
    if "\0" in request.scope["path"]:
        return answer_problem(request, NotFound())
    log.warning("%s %s: %r", request.method, request.url.path, exception)
    return answer_problem(request, ValueUnfit())


def answer_unexpected(request: Request[Any, Any, Any], exception: Exception) -> Response[Any]:
    """A fault of ours: logged whole, told plainly."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=exception)
    return answer_problem(request, Unexpected())


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Problem: answer_problem,
    HTTPException: answer_http,
    **dict.fromkeys(UNREACHABLE, answer_unreachable),
    asyncpg.DataError: answer_unfit,
    DriverDataError: answer_unfit,  # an InterfaceError like a lost connection, yet trying again would not help
    Exception: answer_unexpected,
}


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return MediaType.HTML in request.headers.get("accept", "")


def _answer_unreadable(request: Request[Any, Any, Any], exception: HTTPException) -> Response[Any]:
    """The framework's own words are English, and speak of the inside: they are for the log."""
    log.info("%s %s: %s %r", request.method, request.url.path, exception.detail, exception.extra)
    faults = exception.extra if isinstance(exception.extra, list) else []
    fields = dict.fromkeys(field for fault in faults if isinstance(fault, dict) and (field := _field_of(fault)))
    return answer_problem(request, FieldsUnreadable(fields=", ".join(fields)) if fields else Unreadable())


def _field_of(fault: Mapping[str, Any]) -> str:
    """The field that a fault is about, by its path; empty when it is about the whole request."""
    named = re.search(r"field `([^`]*)`", str(fault.get("message", "")))
    path = str(fault.get("key", ""))
    return ".".join(name for name in ("" if path == "data" else path, named[1] if named else "") if name)
