"""Long: each role follows every link of the demo, then every role asks for all that the others found.

Who may open what is told here once more from the rows themselves, without `visible_to` and without the rules: who
sits in which working group, what has been sent, what is public, for which items the guest was invited.
"""

import json
import re
from collections import Counter, deque
from hashlib import sha256
from urllib.parse import parse_qs

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import ResolverMatch, resolve

from portal.mail.models import Message
from portal.meetings.models import AgendaItem, Attendance, Comment, DatePoll, Delivery, Guest, Meeting, Recusal
from portal.members.models import Membership, Organization, Person
from portal.minutes.models import Entry, Minutes
from portal.topics.models import Topic
from tests.matrix.channels import words_of

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

LINK = re.compile(r'href="(/[^"#]*)')
LEFT_OUT = ("/static/", "/systemverwaltung/")  # files for all; the admin site shows no content and is the superuser's
OFFICE = {"lead", "staff", "clerk"}
CHANGED_BY_READING = {"audit", "sessions", "usersessions", "admin", "meetings.Delivery"}  # letters note their opening
OF_EACH_QUESTION = 3
LONG_ENOUGH = 25  # characters; shorter words may stand on a page by chance


@pytest.fixture
def people(db, tmp_path):
    """The people of the demo by role; of those with several, the last one."""
    accounts = tmp_path / "accounts.json"
    call_command("demo", seed=1, accounts=accounts, verbosity=0)
    listed = json.loads(accounts.read_text())
    found = {account["role"]: Person.objects.get(email=account["email"]) for account in listed}
    both = Person.objects.filter(memberships__organization__short_name="AK Klima", memberships__role="delegate")
    found["delegate_of_both"] = both.filter(memberships__organization__short_name="AK Digital").first()
    return found | {"anonymous": AnonymousUser()}


@pytest.fixture
def clients(people):
    """A browser each, signed in."""
    clients = {name: Client() for name in people}
    for name, person in people.items():
        if isinstance(person, Person):
            clients[name].force_login(person)
            clients[name].get("/")  # notes the time of the sign-in
    return clients


class Facts:
    """What the rows say about one person."""

    def __init__(self, person):
        is_known = isinstance(person, Person)
        self.signed_in = is_known
        seats = list(Membership.objects.current().filter(person=person)) if is_known else []
        self.groups = {seat.organization_id for seat in seats}
        self.offices = {seat.organization_id for seat in seats if seat.role in OFFICE}
        self.barred = set(Recusal.objects.filter(person=person).values_list("item", flat=True)) if is_known else set()
        self.invited_to = list(Guest.objects.filter(person=person).prefetch_related("items")) if is_known else []

    def is_inside(self, meeting):
        """Reads the group's part of the meeting; in the demo deputies always do."""
        if meeting.organization_id in self.offices:
            return True
        return meeting.invited_at is not None and meeting.organization_id in self.groups

    def is_guest_of(self, meeting):
        return meeting.invited_at is not None and any(guest.meeting_id == meeting.pk for guest in self.invited_to)

    def reads_item(self, item):
        if item.pk in self.barred:
            return item.visibility == "public"
        if self.is_inside(item.meeting):
            return True
        is_public = item.visibility == "public" and item.meeting.invited_at is not None
        named = {named.pk for guest in self.invited_to for named in guest.items.all()}
        return (self.signed_in and is_public) or (item.pk in named and item.meeting.invited_at is not None)

    def sees_meeting(self, meeting):
        inside = self.is_inside(meeting) or self.is_guest_of(meeting)
        return inside or any(self.reads_item(item) for item in meeting.items.select_related("meeting"))

    def reads_minutes(self, minutes):
        group = minutes.meeting.organization_id
        return group in self.offices or (minutes.state == "final" and group in self.groups)


def sees_meeting(facts: Facts, key: object) -> bool:
    return facts.sees_meeting(Meeting.objects.get(pk=key))


def takes_along(facts: Facts, key: object) -> bool:
    """The letter and the calendar entry are for those who belong to the meeting."""
    meeting = Meeting.objects.get(pk=key)
    belongs = meeting.organization_id in facts.groups or facts.is_guest_of(meeting)
    return meeting.invited_at is not None and belongs


def reads_item(facts: Facts, key: object) -> bool:
    return facts.reads_item(AgendaItem.objects.select_related("meeting").get(pk=key))


def reads_minutes(facts: Facts, key: object) -> bool:
    return facts.reads_minutes(Minutes.objects.select_related("meeting").get(pk=key))


def follows_topic(facts: Facts, key: object) -> bool:
    return Topic.objects.get(pk=key).organization_id in facts.groups


def votes_on(facts: Facts, key: object) -> bool:
    return DatePoll.objects.get(pk=key).organization_id in facts.groups


def is_in_the_group_of_the_comment(facts: Facts, key: object) -> bool:
    return Comment.objects.select_related("item__meeting").get(pk=key).item.meeting.organization_id in facts.groups


FOR_READING = {  # here nothing may be lost either
    "home:topic": follows_topic,
    "meetings:agenda_item": reads_item,
    "meetings:detail": sees_meeting,
    "meetings:ics": takes_along,
    "meetings:invitation_pdf": takes_along,
    "meetings:live": sees_meeting,
    "meetings:poll": votes_on,
    "minutes:detail": reads_minutes,
    "minutes:pdf": reads_minutes,
}
OF_WRITERS = {"meetings:comment_edit", "meetings:comment_withdraw"}
OWN = {"members:device_end", "mfa_edit_webauthn", "mfa_remove_webauthn"}  # known by numbers of one's own


def may_open(found: ResolverMatch, facts: Facts) -> bool | None:
    """Whether this person may open the page of a thing; None where the page is everybody's own."""
    name, key = found.view_name, found.kwargs.get("pk")
    if key is None or name in OWN:
        return None
    if name in FOR_READING:
        return FOR_READING[name](facts, key)
    if name in OF_WRITERS:
        return is_in_the_group_of_the_comment(facts, key)
    return bool(groups_of(name, key) & facts.offices)


def groups_of(name: str, key: object) -> set:
    """The working groups to whose Verwaltung a page belongs."""
    if name.startswith("office:") and isinstance(key, int):
        return {Message.objects.get(pk=key).group}
    paths = [
        (Meeting, "organization"),
        (AgendaItem, "meeting__organization"),
        (Attendance, "meeting__organization"),
        (Guest, "meeting__organization"),
        (Comment, "item__meeting__organization"),
        (Recusal, "item__meeting__organization"),
        (Delivery, "meeting__organization"),
        (DatePoll, "organization"),
        (Minutes, "meeting__organization"),
        (Entry, "minutes__meeting__organization"),
        (Topic, "organization"),
        (Membership, "organization"),
        (Organization, "pk"),
        (Person, "memberships__organization"),
        (Person, "guest_at__meeting__organization"),
    ]
    return {group for model, path in paths for group in model.objects.filter(pk=key).values_list(path, flat=True)}


def crawl(client: Client) -> set[str]:
    """Every address that this person finds by following links from the start page; of each kind of question a few."""
    queue, known, kinds = deque(["/", "/konto/login/"]), set(), Counter()
    while queue:
        address = queue.popleft()
        kinds[kind := question_in(address)] += 1
        if address in known or (kind and kinds[kind] > OF_EACH_QUESTION):
            continue
        known.add(address)
        answer = client.get(address)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            links = {link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())}
            queue.extend(sorted(link for link in links - known if not link.startswith(LEFT_OUT)))
    return known


def question_in(address: str) -> tuple[str, ...]:
    """The page and what it is asked, if anything."""
    path, _, query = address.partition("?")
    return (resolve(path).view_name, *sorted(parse_qs(query))) if query else ()


def secrets_kept_from(facts: Facts) -> set[str]:
    """Titles and texts of this demo that the person may read nowhere."""
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for item in AgendaItem.objects.select_related("meeting"):
        told[facts.reads_item(item)] |= {item.title, item.text.split("\n")[0]}
        for comment in item.comments.all():
            told[facts.is_inside(item.meeting)].add(comment.text)
    for entry in Entry.objects.select_related("minutes__meeting"):
        told[facts.reads_minutes(entry.minutes)].add(entry.text.split("\n")[0])
    for topic in Topic.objects.all():
        told[topic.organization_id in facts.groups] |= {topic.summary, topic.text}
    return {plain(text) for text in told[False] - told[True] if len(plain(text)) >= LONG_ENOUGH}


def plain(text: str) -> str:
    """A text up to its first mark: what follows stands on a page as markup."""
    return re.split(r"[*_`&<>\"'\n]", text)[0].strip()


def digest() -> dict[str, str]:
    """A fingerprint of every table that reading must not change."""
    watched = {
        model._meta.label: model
        for model in apps.get_models()
        if not {model._meta.app_label, model._meta.label} & CHANGED_BY_READING
    }
    return {label: sha256(fingerprint(model).encode()).hexdigest() for label, model in watched.items()}


def fingerprint(model: type[Model]) -> str:
    return "".join(sorted(plainly(row) for row in model.objects.values_list()))


def plainly(row: tuple) -> str:
    """The values of a row; files by their content."""
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def test_nobody_opens_what_others_found(people, clients):
    before = digest()
    found = {name: crawl(client) for name, client in clients.items()}
    addresses = sorted(set().union(*found.values()))
    wrong = [
        fault for name, client in clients.items() for fault in replay(client, Facts(people[name]), name, addresses)
    ]
    assert wrong == [], Counter((who, resolve(where.partition("?")[0]).view_name, what) for who, where, what in wrong)
    assert len(addresses) > 300
    assert {label for label, value in digest().items() if value != before[label]} == set()


def replay(client: Client, facts: Facts, name: str, addresses: list[str]) -> list[tuple[str, str, str]]:
    """Ask for every address; what is wrong: who, where, and what."""
    secrets, wrong = secrets_kept_from(facts), []
    for address in addresses:
        answer = client.get(address)
        match = resolve(address.partition("?")[0])
        may = may_open(match, facts)
        if answer.status_code >= 500:
            wrong.append((name, address, f"status {answer.status_code}"))
        if may is False and answer.status_code == 200:
            wrong.append((name, address, "LEAK"))
        if may and match.view_name in FOR_READING and answer.status_code != 200:
            wrong.append((name, address, f"LOST {answer.status_code}"))
        words = words_of(answer)
        wrong += [(name, address, f"MARKER {text}") for text in secrets if text in words]
    return wrong
