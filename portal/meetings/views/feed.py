"""The calendars that a program fetches by itself, without signing in: a person's own, and the public one of a group."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from portal.meetings.actions import ics
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.models.meeting import MeetingQuerySet
from portal.members.models import Body, CalendarFeed, Organization, Person
from portal.members.models.token import hash_of

BACK = timedelta(days=365)  # older meetings stand in the portal
AHEAD = timedelta(days=731)
TYPE, PLAIN = "text/calendar; charset=utf-8", "text/plain; charset=utf-8"
GONE = "Diesen Kalender gibt es nicht."
GUARD = {  # the address is a key
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PUBLIC = {"Cache-Control": "public, max-age=300"}  # short, since a calendar that is closed has to vanish


@login_not_required
@require_safe
@sensitive_variables("token")
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The meetings of the person whose address this is; an address that has ended answers like one never given."""
    found = CalendarFeed.objects.select_related("person").filter(token_hash=hash_of(token)).first()
    if found is None or not _is_open(found.person):
        return HttpResponse(GONE, PLAIN, 404, headers=GUARD)
    body = ics.feed(f"Sitzungen {Body.objects.get_solo().name}", _meetings(found.person))
    return _calendar(request, body, GUARD)


@login_not_required
@require_safe
def public_feed(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The public meetings of a working group, the same for everybody; one that is closed answers like none."""
    group = Organization.objects.filter(pk=pk, has_public_calendar=True).first()
    if group is None:
        return HttpResponse(GONE, PLAIN, 404, headers=PUBLIC)
    body = ics.public_feed(f"Öffentliche Sitzungen {group.name}", _public_meetings(group))
    return _calendar(request, body, PUBLIC)


def _calendar(request: HttpRequest, body: bytes, headers: dict[str, str]) -> HttpResponseBase:
    """The calendar, or only the word that it has not changed."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, TYPE, headers={**headers, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response)


def _is_open(person: Person) -> bool:
    """Whether the person still belongs somewhere: to a working group, or as a guest to a meeting."""
    belongs = bool(person.current_memberships) or Meeting.objects.with_guest(person).exists()
    return person.is_active and belongs


def _meetings(person: Person) -> list[Meeting]:
    meetings = Meeting.objects.in_calendar_of(person).filter(end__gt=timezone.now() - BACK)
    return _with_items(meetings)


def _public_meetings(group: Organization) -> list[Meeting]:
    now = timezone.now()
    meetings = Meeting.objects.visible_to(AnonymousUser()).filter(organization=group)
    return _with_items(meetings.filter(end__gt=now - BACK, start__lt=now + AHEAD))


def _with_items(meetings: MeetingQuerySet) -> list[Meeting]:
    items = AgendaItem.objects.order_by("number").defer("text")
    return list(
        meetings.select_related("organization", "location")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("start", "pk")
    )
