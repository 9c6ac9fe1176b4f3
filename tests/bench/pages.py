"""Queries of every page, and the time of the meeting page beside a bare view on the same rows."""

import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from portal.meetings.models import AgendaItem, Comment, Meeting
from portal.members.models import Body, Membership, Person, Role
from portal.minutes.models import Entry, Minutes
from portal.topics.models import Topic

ROUNDS = 25
BARE = Engine().from_string(
    "<!doctype html><html lang=de><title>{{ meeting.number }}</title><h1>{{ meeting.number }}. Sitzung</h1><ol>"
    "{% for item in items %}<li><a href='/tops/{{ item.pk }}/'>{{ item.number }} {{ item.title }}</a>"
    "<p>{{ item.text }}</p><p>{{ item.topic.title }} {{ item.presenter }} {{ item.minutes_planned }} Minuten,"
    " {{ item.comment_count }} Kommentare</p></li>{% endfor %}</ol><ul>{% for row in attendances %}<li>"
    "{{ row.person.first_name }} {{ row.person.last_name }} {{ row.on_behalf_of.name }} {{ row.answer }}</li>"
    "{% endfor %}</ul><p>{{ revisions.0.created_at }}</p><footer>{{ body.name }}</footer>"
)


def figures() -> Iterator[tuple[str, float, float, str]]:
    large = Meeting.objects.annotate(size=Count("items")).order_by("-size").first()
    delegate, clerk = member(large, Role.DELEGATE), member(large, Role.CLERK)
    talked = AgendaItem.objects.annotate(said=Count("comments")).order_by("-said").first()
    for words, address, person in addresses(large, talked, delegate, clerk):
        yield f"queries: {words}", queries(address, person), 15, ""
    yield from side_by_side(large, delegate)
    put_all_comments_on(talked, large)
    page = timed(lambda: signed_in(delegate).get(talked.get_absolute_url()))
    yield "item page with 300 comments on the one item", page * 1000, 300, "ms"


def member(meeting: Meeting, role: Role) -> Person:
    """Somebody who has this role in the group that meets."""
    return Membership.objects.current().filter(organization=meeting.organization, role=role).first().person


def addresses(large: Meeting, talked: AgendaItem, delegate: Person, clerk: Person) -> Iterator[tuple[str, str, Person]]:
    minutes = Minutes.objects.filter(meeting__organization=large.organization)
    entry = Entry.objects.filter(minutes__in=minutes.filter(state=Minutes.State.DRAFT)).first()
    yield "start page, delegate", reverse("home:start"), delegate
    yield "start page, clerk", reverse("home:start"), clerk
    yield "meetings (200)", reverse("meetings:list"), delegate
    yield "meeting (30 items, 300 comments), delegate", large.get_absolute_url(), delegate
    yield "meeting (30 items, 300 comments), clerk", large.get_absolute_url(), clerk
    yield "agenda item with comments", talked.get_absolute_url(), delegate
    yield "topics", reverse("home:topics"), delegate
    yield "topic with its time line", Topic.objects.first().get_absolute_url(), delegate
    yield "members", reverse("members:list"), clerk
    yield "minutes, editor", entry.minutes.get_absolute_url(), clerk
    yield "minutes, one entry", reverse("minutes:entry", args=[entry.pk]), clerk
    yield "minutes, attendance", reverse("minutes:attendance", args=[entry.minutes_id]), clerk
    yield "minutes, final", minutes.final().first().get_absolute_url(), delegate
    yield "Postausgang", reverse("office:outbox"), clerk


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries(address: str, person: Person) -> int:
    """SQL queries of the second visit: the first may fill caches."""
    client = signed_in(person)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(captured)


def bare(request: HttpRequest, pk: str) -> HttpResponse:
    """The least that Django can do with these rows for somebody who is signed in."""
    assert request.user.is_authenticated
    meeting = Meeting.objects.select_related("organization", "location").get(pk=pk)
    rows = {
        "meeting": meeting,
        "items": meeting.items.select_related("topic").annotate(comment_count=Count("comments")),
        "attendances": meeting.attendances.select_related("person", "on_behalf_of"),
        "revisions": meeting.revisions.defer("invitation_pdf"),
        "body": Body.objects.first(),
    }
    return HttpResponse(BARE.render(Context(rows)))


urlpatterns = [path("nackt/<uuid:pk>/", bare), path("", include("arbeitskreis.urls"))]


def side_by_side(large: Meeting, person: Person) -> Iterator[tuple[str, float, float, str]]:
    """The meeting page and the bare view in turns behind the same middleware; the quietest round of each counts."""
    client = signed_in(person)
    with override_settings(ROOT_URLCONF=__name__):
        rounds = [
            (once(lambda: client.get(large.get_absolute_url())), once(lambda: client.get(f"/nackt/{large.pk}/")))
            for _ in range(ROUNDS)
        ]
    ours, theirs = (min(times) for times in zip(*rounds, strict=True))
    yield "meeting page, signed in", ours * 1000, 1000, "ms"
    yield "bare view on the same rows", theirs * 1000, 1000, "ms"
    yield "meeting page against the bare view", ours / theirs, 3, "x"


def once(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def timed(call: Callable[[], object]) -> float:
    """Seconds of the quietest of some calls, after a first one."""
    call()
    return min(once(call) for _ in range(ROUNDS))


def put_all_comments_on(item: AgendaItem, meeting: Meeting) -> None:
    Comment.objects.filter(item__meeting=meeting).update(item=item)
