"""Who may change what: every verb as everybody, and what a form did not ask for changes nothing."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.mail.models import Message
from portal.meetings.actions import invitation
from portal.meetings.models import AgendaItem, Comment, Guest
from portal.members.models import Person
from portal.minutes.models import Entry
from tests.matrix.stage import COLUMNS, World, marker
from tests.minutes.sitting import typed_entry

Typed = tuple[str, object, dict]

OFTEN = ("AN", "SU", "GA", "VW", "SF", "DE", "BL")  # for the others, `make soak` tries

# Not a change of what the portal keeps: the session, the trail of refusals, counters of attempts.
BESIDE = ("django_session", "usersessions_", "audit_", "cache", "mfa_", "members_session")
WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
CHANCE = re.compile(  # ids, times, tokens and files, which differ from one run to the next
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:[\d:.+]*|\d{8}T\d{6}Z?|\\x[0-9a-f]+|[\w-]{40,}"
)
EXTRA = {
    "author": "x",
    "state": "final",
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "",
    "role": "lead",
    "organization": "x",
    "on_behalf_of": "x",
    "rank": "1",
    "created_at": "2001-01-01",
    "withdrawn_at": "2001-01-01",
    "hidden_at": "2001-01-01",
    "discussion_closed_at": "2001-01-01",
    "invited_at": "2001-01-01",
    "finalised_at": "2001-01-01",
    "sha256": "0",
    "number": "99",
    "sequence": "99",
    "recorded_by": "x",
    "hidden_by": "x",
    "position": "99",
    "is_supplement": "on",
    "whole_meeting": "on",
}

#                                        AN FR AG EH SU GA GX LE VW SF DE ST ZU BE BL
TABLE = """
M1 change an item of a draft          |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
M1 change a draft                     |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
D4 make an item public                |  -  -  -  -  -  -  -  w  -  -  -  -  -  -  w
M6 invite                             |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
M6 cancel                             |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
M7 change an item of the published    |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
M8 change what bars one               |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  -
M8 record Befangenheit                |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
M8 take Befangenheit back             |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  -
A3 say who is there                   |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
M6 move through the agenda            |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
GA invite a guest                     |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
GA remove a guest                     |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
C2 comment                            |  -  -  -  -  -  -  -  w  w  w  w  -  w  w  w
C2 comment on what bars one           |  -  -  -  -  -  -  -  w  w  w  w  -  w  -  -
C2 change the comment of DE           |  -  -  -  -  -  -  -  -  -  -  w  -  -  -  -
C2 withdraw the comment of DE         |  -  -  -  -  -  -  -  -  -  -  w  -  -  -  -
C3 hide the comment of DE             |  -  -  -  -  -  -  -  w  -  -  -  -  -  -  w
C2 close the discussion               |  -  -  -  -  -  -  -  w  -  w  -  -  -  -  w
A1 answer the invitation              |  -  -  -  -  -  w  -  w  w  w  w  -  w  w  w
A1 answer a date poll                 |  -  -  -  -  -  -  -  w  w  w  w  -  -  w  w
M1 choose a date                      |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
M1 end a date poll                    |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
M1 change a date poll                 |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
N1 write an entry                     |  -  -  -  -  -  -  -  -  -  w  -  -  -  -  -
N6 change final minutes               |  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
T  change a topic                     |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
L1 note another way                   |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
L1 take that note back                |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
L1 send a letter again                |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
L1 send a mail again                  |  -  -  -  -  -  -  -  w  w  w  -  -  -  -  w
"""


def of_item(name: str, **typed: object) -> Callable[[World], Typed]:
    def form(world: World) -> Typed:
        item = AgendaItem.objects.get(title=marker(f"{name} title"))
        fields = {"title": "Neu", "purpose": "information", "visibility": item.visibility, "minutes_planned": 5}
        return "meetings:item_edit", item, {**fields, "version": item.version, **typed}

    return form


def of_comment(page: str, **typed: object) -> Callable[[World], Typed]:
    def form(world: World) -> Typed:
        comment = Comment.objects.get(text=marker("internal comment"))
        return f"meetings:{page}", comment, {"version": comment.version, **typed}

    return form


def to_invite(world: World) -> Typed:
    seen = invitation.plan(world.draft, world["LE"]).seen
    return "meetings:invite", world.draft, {"version": world.draft.version, "revision": 0, "seen": seen}


def to_change_a_draft(world: World) -> Typed:
    draft = world.draft
    day = {"day": f"{draft.start:%Y-%m-%d}", "starts": "10:00", "ends": "12:00"}
    return "meetings:edit", draft, {**day, "format": "praesenz", "version": draft.version, "title": "Neu"}


def to_lift(world: World) -> Typed:
    return "meetings:recusal_lift", world.item("ahead barred").recusals.get(person=world["BE"]), {}


def to_write(name: str) -> Callable[[World], Typed]:
    def form(world: World) -> Typed:
        entry = Entry.objects.get(text=marker(f"{name} internal entry"))
        return "minutes:entry", entry, typed_entry(entry, text="Neu")

    return form


def letter_again(world: World) -> Typed:
    letter = world.ahead.deliveries.filter(person=world["DE"]).latest("written_at")
    return "meetings:send_again", letter, {"address": letter.address}


def to_note(*, noted: bool) -> Callable[[World], Typed]:
    page = "meetings:delivery_reopen" if noted else "meetings:delivery"
    typed = {} if noted else {"way": "letter", "day": "2026-01-05", "clock": "10:00"}

    def form(world: World) -> Typed:
        letters = world.ahead.deliveries.exclude(way="") if noted else world.ahead.deliveries.filter(way="")
        return page, letters.latest("written_at"), typed

    return form


def to_change_a_poll(world: World) -> Typed:
    poll = world.poll
    return "meetings:poll_edit", poll, {"title": "Neu", "answer_by": f"{poll.answer_by}", "version": poll.version}


def date_of(world: World) -> UUID:
    return world.poll.options.first().pk


GUEST = {"first_name": "Rike", "last_name": "Neu", "email": "rike@example.org", "scope": "whole"}
FORMS: dict[str, Callable[[World], Typed]] = {
    "change an item of a draft": of_item("draft"),
    "change a draft": to_change_a_draft,
    "make an item public": of_item("draft", visibility="public", confirmed=""),
    "invite": to_invite,
    "cancel": lambda world: ("meetings:cancel", world.ahead, {"version": world.ahead.version, "reason": "Krank"}),
    "change an item of the published": of_item("ahead internal"),
    "change what bars one": of_item("ahead barred"),
    "record Befangenheit": lambda world: (
        "meetings:recusals",
        world.item("ahead internal"),
        {"person": world["VW"].pk},
    ),
    "take Befangenheit back": to_lift,
    "say who is there": lambda world: (
        "meetings:mark_presence",
        world.running.attendances.get(person=world["ZU"]),
        {"mark": "arrives", "clock": "10:00"},
    ),
    "move through the agenda": lambda world: (
        "meetings:call_up",
        world.running,
        {"item": world.running.items.first().pk, "seen": world.running.turns.get().pk},
    ),
    "invite a guest": lambda world: ("meetings:guest_invite", world.draft, GUEST),
    "remove a guest": lambda world: ("meetings:guest_remove", Guest.objects.get(person=world["GA"]), {}),
    "comment": lambda world: ("meetings:agenda_item", world.item("ahead internal"), {"text": "Neu"}),
    "comment on what bars one": lambda world: ("meetings:agenda_item", world.item("ahead barred"), {"text": "Neu"}),
    "change the comment of DE": of_comment("comment_edit", text="Neu"),
    "withdraw the comment of DE": of_comment("comment_withdraw"),
    "hide the comment of DE": of_comment("comment_hide", reason="Grund"),
    "close the discussion": lambda world: ("meetings:item_discussion", world.item("ahead internal"), {}),
    "answer the invitation": lambda world: ("meetings:rsvp", world.ahead, {"answer": "declined"}),
    "answer a date poll": lambda world: ("meetings:poll", world.poll, {date_of(world).hex: "yes"}),
    "choose a date": lambda world: ("meetings:poll_decide", world.poll, {"option": date_of(world)}),
    "end a date poll": lambda world: ("meetings:poll_call_off", world.poll, {"reason": "Grund"}),
    "change a date poll": to_change_a_poll,
    "write an entry": to_write("unfinished"),
    "change final minutes": to_write("final"),
    "change a topic": lambda world: (
        "topics:edit",
        world.topic,
        {"organization": world.group.pk, "title": "Neu", "state": "open", "version": world.topic.version},
    ),
    "note another way": to_note(noted=False),
    "take that note back": to_note(noted=True),
    "send a letter again": letter_again,
    "send a mail again": lambda world: ("office:retry", Message.objects.get(status="failed"), {}),
}


class Row(NamedTuple):
    """One verb, and what everybody gets for trying it."""

    what: str
    cells: dict[str, str]


def rows() -> list[Row]:
    lines = (line.split("|") for line in TABLE.strip().splitlines())
    return [
        Row(head.split(maxsplit=1)[1].strip(), dict(zip(COLUMNS, cells.split(), strict=True))) for head, cells in lines
    ]


ROWS = rows()


def attempt(reader: Person, page: str, thing: object, typed: dict) -> tuple[int, list[str]]:
    """The status, and every statement that would have changed something; all of it is taken back."""
    client = Client()
    with transaction.atomic():
        if isinstance(reader, Person):
            client.force_login(reader)
        with CaptureQueriesContext(connection) as queries:
            status = client.post(reverse(page, args=[thing.pk]), typed).status_code
        transaction.set_rollback(True)
    statements = (query["sql"] for query in queries.captured_queries)
    return status, [sql for sql in statements if (table := WRITE.match(sql)) and not table[1].startswith(BESIDE)]


@pytest.mark.parametrize("columns", [OFTEN, pytest.param(COLUMNS, marks=pytest.mark.soak)], ids=["often", "all"])
def test_only_those_of_the_table_change_something(build, columns):
    world = build()
    got = {row.what: {column: tried(world, row.what, column) for column in columns} for row in ROWS}
    assert got == {row.what: {column: row.cells[column] for column in columns} for row in ROWS}


def tried(world, what, column):
    """w if the verb changed something; else the refusal is one that such a page may give."""
    page, thing, typed = FORMS[what](world)
    status, written = attempt(world[column], page, thing, typed)
    assert written or status in {302, 403, 404, 409, 422}, (what, column, status)
    return "w" if written else "-"


def test_fields_that_a_form_does_not_have_change_nothing(build):
    world = build()
    for row in ROWS:
        writers = [column for column, cell in row.cells.items() if cell == "w"]
        for column in writers[:1]:
            page, thing, typed = FORMS[row.what](world)
            extra = {name: value for name, value in EXTRA.items() if name not in typed}
            plain, more = (attempt(world[column], page, thing, data)[1] for data in (typed, extra | typed))
            assert len(extra) >= 20
            assert without_chance(more) == without_chance(plain), row.what


def without_chance(statements):
    """Mails follow from the rest, and are folded where their ids and times end."""
    return [CHANCE.sub("?", sql) for sql in statements if not WRITE.match(sql)[1].startswith("mail_")]
