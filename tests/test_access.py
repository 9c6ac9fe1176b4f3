"""Every URL as each of the cast: who gets in, and how the others are refused (security.md in code: P1, P2, P5)."""

import re
from dataclasses import dataclass
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

SIGNED_IN = tuple(name for name in CAST if name != "anonymous")
OFFICE = ("lead", "staff", "clerk")
SENDERS = ("lead", "clerk")
READERS = (*MEMBERS, "guest")
ELSEWHERE = "second_group_member"  # leads another working group, so pages without an object are open to them

OPEN = {
    "healthz",
    "home:imprint",
    "home:privacy",
    "home:accessibility",
    "home:help",
    "home:theme",
    "meetings:answer",
    "meetings:feed",
    "meetings:poll_answer",
    "members:accept",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
OWN_ACCOUNT = {
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "members:passkey_add",
    "members:passkeys",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
NUMBERED = {  # rows of the outbox and own things of the sign-in are known by a number
    "office:message": [1],
    "office:retry": [1],
    "office:incoming": [1],
    "office:settle": [1],
    "office:attachment": [1, 1],
    "members:device_end": [1],
    "meetings:year": [2026],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
}


@dataclass(frozen=True)
class Page:
    """One address of one object: who may open it; of the others, whose refusal is 403 (they see the object) or 404."""

    name: str
    thing: str = ""
    allowed: tuple[str, ...] = SIGNED_IN
    forbidden: tuple[str, ...] = ()
    posts_only: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.thing}".strip()

    def status_for(self, name: str) -> int:
        if name == "anonymous":
            return 302
        if name in self.allowed:
            return 405 if self.posts_only else 200
        return 403 if name in self.forbidden else 404


def rest(*allowed: str) -> tuple[str, ...]:
    return tuple(name for name in SIGNED_IN if name not in allowed)


PAGES = (
    Page("home:start"),
    Page("home:topics"),
    Page("home:topic", "topic", MEMBERS),
    Page("topics:create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("topics:edit", "topic", OFFICE, MEMBERS),
    Page("meetings:day_notes"),
    Page("meetings:year", "year"),
    Page("meetings:series", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("members:list"),
    Page("members:profile"),
    Page("members:feed", "", rest("former"), ("former",)),
    Page("members:sign_in"),
    Page("members:devices"),
    Page("members:devices_end_others", "", SIGNED_IN, posts_only=True),
    Page("members:device_end", "device", SIGNED_IN, posts_only=True),
    Page("members:access", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("members:fraktion_create", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:procedure", "group", ("lead",), MEMBERS),
    Page("office:term", "group", ("lead",), MEMBERS),
    Page("office:appoint", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:seat", "seat", OFFICE, MEMBERS),
    Page("office:end", "seat", ("lead",), MEMBERS),
    Page("office:replace", "seat", ("lead",), MEMBERS),
    Page("office:order", "deputy_seat", ("lead",), MEMBERS),
    Page("office:reopen", "ending_seat", ("lead",), MEMBERS),
    Page("office:start", "coming_seat", ("lead",), MEMBERS),
    Page("office:withdraw", "coming_seat", ("lead",), MEMBERS),
    Page("members:resend", "closed_seat", ("lead",), MEMBERS),
    Page("members:revoke", "closed_seat", ("lead",), MEMBERS),
    Page("members:reset_access", "seat", ("lead",), MEMBERS),
    Page("meetings:list"),
    Page("meetings:create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("meetings:detail", "meeting"),
    Page("meetings:detail", "draft", OFFICE),
    Page("meetings:detail", "closed_meeting", READERS),
    Page("meetings:edit", "draft", OFFICE),
    Page("meetings:copy", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:invite", "draft", SENDERS, ("staff",)),
    Page("meetings:invite", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:invite_preview", "draft", SENDERS, ("staff",)),
    Page("meetings:move", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:cancel", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:start", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:finish", "running", SENDERS, MEMBERS),
    Page("meetings:live", "meeting"),
    Page("meetings:live", "running", MEMBERS),
    Page("meetings:call_up", "running", SIGNED_IN, posts_only=True),
    Page("meetings:presence", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:presence", "running", SENDERS, MEMBERS),
    Page("meetings:mark_presence", "passed_on_seat", SIGNED_IN, posts_only=True),
    Page("meetings:seat", "passed_on_seat", SENDERS, MEMBERS),
    Page("meetings:polls", "", (*MEMBERS, ELSEWHERE), rest(*MEMBERS, ELSEWHERE)),
    Page("meetings:poll_create", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("meetings:poll", "poll", MEMBERS),
    Page("meetings:poll_decide", "poll", SIGNED_IN, posts_only=True),
    Page("meetings:poll_call_off", "poll", OFFICE, MEMBERS),
    Page("meetings:rsvp", "meeting", SIGNED_IN, posts_only=True),
    Page("meetings:reorder", "draft", SIGNED_IN, posts_only=True),
    Page("meetings:item_create", "draft", OFFICE),
    Page("meetings:item_create", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:invitation_pdf", "meeting", READERS),
    Page("meetings:ics", "meeting", READERS),
    Page("meetings:agenda_item", "public_item"),
    Page("meetings:agenda_item", "item", READERS),
    Page("meetings:agenda_item", "confidential_item", MEMBERS),
    Page("meetings:agenda_item", "draft_item", OFFICE),
    Page("meetings:item_edit", "item", SENDERS, READERS),
    Page("meetings:item_edit", "confidential_item", SENDERS, MEMBERS),
    Page("meetings:item_delete", "item", SENDERS, READERS),
    Page("meetings:item_move", "item", SIGNED_IN, posts_only=True),
    Page("meetings:item_discussion", "item", SIGNED_IN, posts_only=True),
    Page("meetings:guests", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:guests", "draft", SENDERS, ("staff",)),
    Page("meetings:guest_invite", "meeting", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_invite", "draft", SENDERS, ("staff",)),
    Page("meetings:guest_edit", "guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_access", "new_guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:guest_remove", "guest_row", SENDERS, rest(*SENDERS)),
    Page("meetings:proof", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:proof", "draft", OFFICE),
    Page("meetings:proof_pdf", "meeting", OFFICE, rest(*OFFICE)),
    Page("meetings:delivery", "delivery", OFFICE, rest(*OFFICE)),
    Page("meetings:address_works", "delivery", SIGNED_IN, posts_only=True),
    Page("meetings:delivery_reopen", "delivery", SIGNED_IN, posts_only=True),
    Page("meetings:recusals", "item", SENDERS, READERS),
    Page("meetings:recusals", "confidential_item", SENDERS, MEMBERS),
    Page("meetings:recusal_lift", "recusal", SENDERS, READERS),
    Page("meetings:comment_edit", "comment", ("delegate",), MEMBERS),
    Page("meetings:comment_withdraw", "comment", ("delegate",), MEMBERS),
    Page("meetings:comment_hide", "comment", ("lead",), MEMBERS),
    Page("minutes:create", "finished", SIGNED_IN, posts_only=True),
    Page("minutes:detail", "minutes", OFFICE),
    Page("minutes:detail", "final_minutes", MEMBERS),
    Page("minutes:attendance", "minutes", ("clerk",), OFFICE),
    Page("minutes:frame", "minutes", ("clerk",), OFFICE),
    Page("minutes:finalise", "minutes", ("clerk",), OFFICE),
    Page("minutes:entry", "entry", ("clerk",), OFFICE),
    Page("minutes:pdf", "minutes", OFFICE),
    Page("minutes:pdf", "final_minutes", MEMBERS),
    Page("office:outbox", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:message", "mail", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:attachment", "file", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:retry", "mail", SIGNED_IN, posts_only=True),
    Page("office:inbox", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:incoming", "incoming", OFFICE, rest(*OFFICE, ELSEWHERE)),
    Page("office:settle", "incoming", SIGNED_IN, posts_only=True),
    Page("office:operation", "", (*OFFICE, ELSEWHERE), rest(*OFFICE, ELSEWHERE)),
    Page("office:test_mail", "", SIGNED_IN, posts_only=True),
    Page("office:pause", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:resume", "", SIGNED_IN, posts_only=True),
    Page("office:own_data"),
    Page("office:people", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:export", "person", ("lead",), rest("lead", ELSEWHERE)),
    Page("office:erase", "person", ("lead",), rest("lead", ELSEWHERE)),
    Page("office:body", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:trail", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("office:trail_export", "", ("lead", ELSEWHERE), rest("lead", ELSEWHERE)),
    Page("admin:index", "", ("superuser",), rest("superuser")),
    Page("admin:jsi18n", "", ("superuser",), rest("superuser")),
    Page("admin:operation", "", ("superuser",), rest("superuser")),
    Page("admin:operate", "task", ("superuser",), rest("superuser"), posts_only=True),
    Page("admin:members_person_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:members_person_change", "account", ("superuser",), rest("superuser")),
    Page("admin:members_membership_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:members_membership_add", "", ("superuser",), rest("superuser")),
    Page("admin:members_membership_change", "seat", ("superuser",), rest("superuser")),
    Page("admin:mail_message_changelist", "", ("superuser",), rest("superuser")),
    Page("admin:audit_line_changelist", "", ("superuser",), rest("superuser")),
)


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
        | {"file": [mail.pk, file.pk], "year": [meeting.year]}
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


OFTEN = {"anonymous", "delegate", "guest", "stranger"}  # for the others, `make soak` looks


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.soak) for name in CAST]
)
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


@pytest.mark.parametrize("name", CAST)
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
