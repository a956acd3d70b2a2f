"""The desk's pages about judges: who they are, their panels, PINs and tablets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access import actions as access
from competition.access import store as accounts
from competition.judging import (
    actions,
    bench_pages,
    chief_pages,
    late_entry_pages,
    rescue_pages,
    sheet_pages,
    store,
)
from competition.judging.hall import tablets_of
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import address_of, event_on
from competition.registration.store import EventHead
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.hall import TabletLine
from schemas.problems import N_, NotFound, Problem
from schemas.scheme import SubCriterion

AnyRequest = Request[Person, Any, Any]


class NoName(Problem):
    """A judge without a name."""

    sentence = N_("A judge needs a name; write it as it should stand on the sheets.")


class JudgeLine(Message):
    """A judge as the desk lists them, with the tablets in use."""

    id: UUID
    name: str
    employer: str
    is_active: bool
    has_pin: bool
    seats: tuple[str, ...]
    devices: tuple[accounts.Device, ...]


class PanelLine(Message):
    """A sub-criterion with who sits on its panel (True) or could (False): who is out of use may only keep a seat.

    ``lacking`` is how many judges in use it needs besides; ``has_out_of_use`` is whether such a seat is kept.
    """

    sub: SubCriterion
    criterion: Text
    seated: dict[UUID, bool]
    lacking: int
    has_out_of_use: bool


class JudgesPage(Message):
    """Judges, panels and tablets of an event.

    ``tablets`` say how the tablets of those are who judge here, by id; ``revoked`` is one that was just taken out of use.
    """

    person: Person
    event: EventHead
    judges: tuple[JudgeLine, ...]
    panels: tuple[PanelLine, ...]
    tablets: dict[UUID, TabletLine]
    revoked: TabletLine | None
    now: datetime
    sheets: int
    has_places: bool


class TabletLinkPage(Message):
    """A judge's one-time tablet link as QR, and the PIN when it is new: both are shown this once."""

    person: Person
    event: EventHead
    judge: str
    url: str
    pin: str | None


class JudgeForm(Command):
    """What the form for a new judge sends."""

    name: str
    employer: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class PanelForm(Command):
    """What a panel's form sends: the judges that are ticked; browsers send one alone as a value, several as a list."""

    judges: UUID | list[UUID] = []  # noqa: RUF012 - msgspec gives each form its own
    csrf: str = msgspec.field(default="", name="_csrf_token")

    def ticked(self) -> list[UUID]:
        """The judges as a list, however many there are."""
        return self.judges if isinstance(self.judges, list) else [self.judges]


@get("/desk/events/{event_id:uuid}/judges", may="manage_event")
async def judges_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    revoked: FromQuery[UUID | None] = None,
) -> Template:
    """Judges, their panels and their tablets."""
    event = await event_on(connection, event_id)
    scheme = await actions.scheme_for(connection, event_id)
    people = [account for account in await accounts.accounts(connection) if account.pin_hash or account.role == "judge"]
    devices = await accounts.devices(connection)
    tablets = {tablet.device_id: tablet for tablet in await tablets_of(connection, state.hall, event_id)}
    seats = await store.seats_of(connection, event_id)
    content = JudgesPage(
        person=request.user,
        event=event,
        judges=tuple(
            JudgeLine(
                id=account.id,
                name=account.name,
                employer=account.employer,
                is_active=account.is_active,
                has_pin=account.pin_hash is not None,
                seats=tuple(seat.sub_criterion for seat in seats if seat.judge_id == account.id),
                devices=tuple(
                    device for device in devices if device.account_id == account.id and not device.revoked_at
                ),
            )
            for account in people
        ),
        panels=tuple(
            _panel_line(sub, criterion.name, people, {seat.judge_id for seat in seats if seat.sub_criterion == sub.id})
            for criterion in scheme.criteria()
            for sub in criterion.sub_criteria
        ),
        tablets=tablets,
        revoked=tablets.get(revoked) if revoked else None,
        now=clock.now(),
        sheets=len(await store.sheets_of_event(connection, event_id)),
        has_places=bool(await store.employers_drawn(connection, event_id)),
    )
    return page("judges.html", content)


@post("/desk/events/{event_id:uuid}/judges", may="manage_event")
async def add_judge(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[JudgeForm],
) -> Template:
    """Add a judge; the link for the tablet and the PIN are shown at once."""
    if not data.name.strip():
        raise NoName
    event, pin, now = await event_on(connection, event_id), access.new_pin(), clock.now()
    judge_id = await access.add_account(connection, data.name, "judge", employer=data.employer, pin=pin, now=now)
    return await _link_page(request, connection, event, judge_id, pin, verb="add_judge")


@post("/desk/events/{event_id:uuid}/judges/{judge_id:uuid}/tablet", may="manage_event")
async def enrol_tablet(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], judge_id: FromPath[UUID]
) -> Template:
    """Show a fresh one-time link for a judge's tablet."""
    return await _link_page(
        request, connection, await event_on(connection, event_id), judge_id, None, verb="enrol_tablet"
    )


@post("/desk/events/{event_id:uuid}/judges/{judge_id:uuid}/pin", may="manage_event")
async def renew_pin(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], judge_id: FromPath[UUID]
) -> Template:
    """Give a judge a new PIN and show it with a fresh link."""
    pin = access.new_pin()
    await access.change_pin(connection, judge_id, pin)
    return await _link_page(request, connection, await event_on(connection, event_id), judge_id, pin, verb="renew_pin")


@post("/desk/events/{event_id:uuid}/devices/{device_id:uuid}/revoke", may="manage_event")
async def revoke_tablet(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], device_id: FromPath[UUID]
) -> Redirect:
    """Take a tablet out of use; the page that follows says what it still held."""
    await access.revoke_device(connection, device_id, actor_id=request.user.id, now=clock.now())
    return Redirect(f"/desk/events/{event_id}/judges?revoked={device_id}", status_code=303)


@post("/desk/events/{event_id:uuid}/panels/{sub_criterion:str}", may="manage_event")
async def seat_panel(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    sub_criterion: FromPath[str],
    data: URLEncodedBody[PanelForm],
) -> Redirect:
    """Seat the ticked judges on a panel, and lay out their score sheets where places are drawn."""
    scheme = await actions.scheme_for(connection, event_id)
    if scheme.sub_criterion(sub_criterion) is None:
        raise NotFound
    await actions.seat_panel(
        connection, event_id, sub_criterion, data.ticked(), actor_id=request.user.id, now=clock.now()
    )
    await actions.lay_out_sheets(connection, event_id)
    seats = len(data.ticked())
    return _back(
        request, event_id, N_("The panel {panel} is seated. Judges: {count}."), panel=sub_criterion, count=seats
    )


@post("/desk/events/{event_id:uuid}/sheets", may="manage_event")
async def lay_out_sheets(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID]
) -> Redirect:
    """Lay out everybody's score sheets after a draw."""
    await actions.lay_out_sheets(connection, event_id)
    return _back(request, event_id, N_("The score sheets are laid out."))


HANDLERS = (
    judges_page,
    add_judge,
    enrol_tablet,
    renew_pin,
    revoke_tablet,
    seat_panel,
    lay_out_sheets,
    *chief_pages.HANDLERS,
    *sheet_pages.HANDLERS,
    *late_entry_pages.HANDLERS,
    *rescue_pages.HANDLERS,
    *bench_pages.HANDLERS,
)


def _panel_line(
    sub: SubCriterion, criterion: Text, people: Sequence[accounts.Account], seated: Collection[UUID]
) -> PanelLine:
    in_use = sum(account.is_active for account in people if account.id in seated)
    return PanelLine(
        sub=sub,
        criterion=criterion,
        seated={account.id: account.id in seated for account in people if account.is_active or account.id in seated},
        lacking=max(0, sub.panel.judges - in_use),
        has_out_of_use=any(not account.is_active for account in people if account.id in seated),
    )


async def _link_page(
    request: AnyRequest, connection: Connection, event: EventHead, judge_id: UUID, pin: str | None, *, verb: str
) -> Template:
    """The page that lets somebody become this judge's tablet; who asked for it is written down."""
    account = await accounts.account_with(connection, judge_id)
    if account is None:
        raise NotFound
    now = clock.now()
    token = await access.open_enrolment(connection, judge_id, now=now)
    await accounts.insert_audit(connection, verb, str(judge_id), {}, actor_id=request.user.id, now=now)
    url = f"{address_of(request)}/judge/enrol/{token}"
    return page(
        "tablet_link.html", TabletLinkPage(person=request.user, event=event, judge=account.name, url=url, pin=pin)
    )


def _back(request: AnyRequest, event_id: UUID, sentence: str, **facts: str | int) -> Redirect:
    return done(request, f"/desk/events/{event_id}/judges", sentence, **facts)
