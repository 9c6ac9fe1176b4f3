"""Every URL as each of the cast: who gets in, and how the others are refused (security.md in code: P1, P2, P5)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core.signing import dumps
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from portal.mail.models import Attachment, Incoming, Message
from portal.meetings.actions import changes
from portal.meetings.models import Meeting, Revision
from portal.members.models import Role
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    DatePollFactory,
    DeliveryFactory,
    EntryFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    PersonFactory,
    RecusalFactory,
)
from tests.pages import NUMBERED, OPEN, OWN_ACCOUNT, PAGES


@pytest.fixture
def world(request, group, topic, meeting, draft, fraktion, delegate, other_delegate, clerk, guest, item):
    """The arguments of every page, by the name of its thing."""
    everybody = {name: request.getfixturevalue(name) for name in MEMBERS}
    for name, person in everybody.items():
        AttendanceFactory(meeting=meeting, person=person, role=name if name in Role.values else Role.DELEGATE)
    meeting.attendances.filter(person=delegate).update(on_behalf_of=fraktion)
    Revision.objects.create(
        meeting=meeting,
        number=1,
        created_by=everybody["lead"],
        snapshot=changes.snapshot(meeting),
        invitation_pdf=b"%PDF-",
    )
    finished, other = MeetingFactory.create_batch(2, organization=group, state=Meeting.State.FINISHED)
    closed_meeting = MeetingFactory(organization=group)
    AgendaItemFactory(meeting=closed_meeting)
    closed_meeting.guests.create(person=guest, whole_meeting=True)
    minutes = MinutesFactory(meeting=finished, clerk=clerk)
    final = MinutesFactory(
        meeting=other,
        clerk=clerk,
        state="final",
        finalised_at=timezone.now(),
        finalised_by=clerk,
        pdf=b"%PDF-",
        sha256="0" * 64,
    )
    mail = Message.objects.create(key="k", kind="Einladung", to="a@example.org", subject="Einladung", group=group.pk)
    file = Attachment.objects.create(sha256="1", name="e.pdf", content_type="application/pdf", content=b"%PDF-")
    mail.attachments.add(file)
    other_delegate.set_unusable_password()
    other_delegate.save()
    things = {
        "topic": topic,
        "seat": delegate.memberships.get(),
        "group": group,
        "closed_seat": other_delegate.memberships.get(),
        "deputy_seat": everybody["deputy"].memberships.get(),
        "ending_seat": MembershipFactory(organization=group, end_date=timezone.localdate() + timedelta(days=9)),
        "coming_seat": MembershipFactory(organization=group, start_date=timezone.localdate() + timedelta(days=9)),
        "meeting": meeting,
        "passed_on_seat": meeting.attendances.get(person=delegate),
        "draft": draft,
        "poll": DatePollFactory(organization=group, asked=everybody.values()),
        "running": MeetingFactory(organization=group, state=Meeting.State.RUNNING),
        "finished": finished,
        "closed_meeting": closed_meeting,
        "public_item": meeting.items.get(visibility="public"),
        "item": item,
        "confidential_item": meeting.items.get(visibility="confidential"),
        "draft_item": draft.items.get(),
        "comment": CommentFactory(item=item, author=delegate),
        "guest_row": meeting.guests.get(),
        "new_guest_row": GuestFactory(meeting=meeting, person=PersonFactory(password="!")),
        "delivery": DeliveryFactory(meeting=meeting, person=delegate),
        "recusal": RecusalFactory(item=item),
        "minutes": minutes,
        "final_minutes": final,
        "entry": EntryFactory(minutes=minutes),
        "mail": mail,
        "incoming": Incoming.objects.create(key="k", group=group.pk, subject="Frage"),
        "device": UserSession.objects.create(user=delegate, session_key="elsewhere", ip="127.0.0.1", user_agent=""),
        "person": delegate,
    }
    things["account"] = delegate
    return (
        {"": [], "task": ["portal.mail.tasks.sweep"]}
        | {name: [thing.pk] for name, thing in things.items()}
        | {"file": [mail.pk, file.pk], "year": [meeting.year], "member": [things["running"].pk, delegate.pk]}
    )


def sign_in(client, request, name: str) -> None:
    if name != "anonymous":
        client.force_login(request.getfixturevalue(name))


@pytest.mark.parametrize("name", CAST)
def test_every_page_answers_each_of_the_cast_as_the_table_says(client, request, world, name):
    sign_in(client, request, name)
    got, wanted = {}, {}
    for page in PAGES:
        address = reverse(page.name, args=world[page.thing])
        wanted[str(page)] = page.status_for(name)
        got[str(page)] = client.get(address).status_code
    assert got == wanted


OFTEN = {"anonymous", "guest"}  # for the others, `make soak` looks
often = pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.soak) for name in CAST]
)


@often
def test_no_detour_leads_around_a_refusal(client, request, world, name):
    """HEAD, htmx and an unusual Accept header are answered like a plain GET."""
    sign_in(client, request, name)
    detours = ({"method": "HEAD"}, {"headers": {"HX-Request": "true"}}, {"headers": {"Accept": "application/json"}})
    for page in PAGES:
        if page.status_for(name) in {200, 405}:
            continue
        address = reverse(page.name, args=world[page.thing])
        for detour in detours:
            answer = client.generic(**{"method": "GET", "path": address} | detour)
            assert answer.status_code == page.status_for(name), f"{page} by {detour}"


@often
def test_refused_pages_take_no_post(client, request, world, name):
    sign_in(client, request, name)
    for page in PAGES:
        if page.status_for(name) in {200, 405}:
            continue
        answer = client.post(
            reverse(page.name, args=world[page.thing]), {"text": "x", "title": "x", "answer": "accepted"}
        )
        assert answer.status_code in {302, 403, 404, 405}, str(page)
        if answer.status_code == 302:
            assert answer.url.startswith(reverse("account_login")), str(page)


BUTTONS = (
    ("meetings:rsvp", "draft"),
    ("meetings:reorder", "draft"),
    ("meetings:item_move", "confidential_item"),
    ("meetings:item_discussion", "confidential_item"),
    ("meetings:poll_decide", "poll"),
    ("meetings:call_up", "running"),
    ("meetings:mark_presence", "passed_on_seat"),
    ("minutes:create", "finished"),
    ("office:retry", "mail"),
)


@pytest.mark.parametrize("name", ["stranger", "former", "superuser", "second_group_member", "guest"])
def test_buttons_of_others_do_nothing_for_outsiders(client, request, world, name):
    sign_in(client, request, name)
    for page, thing in BUTTONS:
        answer = client.post(reverse(page, args=world[thing]), {"answer": "accepted", "direction": "up"})
        assert answer.status_code in {403, 404}, page


def test_refused_and_missing_answer_alike(client, stranger, world):
    client.force_login(stranger)
    for page in PAGES:
        if page.status_for("stranger") == 404:
            refused = client.get(reverse(page.name, args=world[page.thing]))
            missing = client.get(reverse(page.name, args=[uuid4()]))
            assert (refused.status_code, missing.status_code) == (404, 404), str(page)
            assert without_tokens(refused) == without_tokens(missing), str(page)


def without_tokens(answer) -> str:
    """The body without what differs in every answer: the masked CSRF token, and the address that was asked for."""
    body = answer.content.decode().replace(answer.request["PATH_INFO"], "")
    return re.sub(r'value="\w{64}"|"X-CSRFToken": "\w{64}"', "", body)


def test_forged_answer_link_is_gone(client, meeting, delegate):
    forged = dumps({"meeting": str(meeting.pk), "person": str(delegate.pk)}, salt="another salt")
    assert client.get(reverse("meetings:answer", args=[forged])).status_code == 404


def names_of(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Every URL name of the map, with its namespace."""
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            names.add(f"{namespace}{entry.name}")
        else:
            names |= names_of(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
    return names


def test_every_url_has_a_rule():
    ruled = {page.name for page in PAGES} | OPEN | OWN_ACCOUNT
    assert names_of(get_resolver()) == ruled


def test_only_the_listed_urls_are_open_without_signing_in(client, db):
    for name in names_of(get_resolver()) - OPEN:
        page = next((page for page in PAGES if page.name == name), None)
        arguments = [] if page is None or not page.thing else [uuid4()]
        arguments = NUMBERED.get(name, arguments)
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("account_login")), name
