"""The calendar that a program fetches by itself, without signing in."""

from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from portal.meetings.actions import ics
from portal.meetings.models import AgendaItem, Meeting
from portal.members.models import Body, CalendarFeed, Person
from portal.members.models.token import hash_of

BACK = timedelta(days=365)  # older meetings stand in the portal
TYPE = "text/calendar; charset=utf-8"
GUARD = {  # the address is a key
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@login_not_required
@require_safe
@sensitive_variables("token")
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The meetings of the person whose address this is; an address that has ended answers like one never given."""
    found = CalendarFeed.objects.select_related("person").filter(token_hash=hash_of(token)).first()
    if found is None or not _is_open(found.person):
        return HttpResponse("Diesen Kalender gibt es nicht.", "text/plain; charset=utf-8", 404, headers=GUARD)
    body = ics.feed(f"Sitzungen {Body.objects.get_solo().name}", _meetings(found.person))
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, TYPE, headers={**GUARD, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response)


def _is_open(person: Person) -> bool:
    """Whether the person still belongs somewhere: to a working group, or as a guest to a meeting."""
    belongs = bool(person.current_memberships) or Meeting.objects.with_guest(person).exists()
    return person.is_active and belongs


def _meetings(person: Person) -> list[Meeting]:
    meetings = Meeting.objects.in_calendar_of(person).filter(end__gt=timezone.now() - BACK)
    items = AgendaItem.objects.order_by("number").defer("text")
    return list(
        meetings.select_related("organization", "location")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("start", "pk")
    )
