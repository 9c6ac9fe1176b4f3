"""Where somebody is signed in, and how one ends that from elsewhere."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.audit import trail
from portal.audit.models import Kind
from portal.members.models import Person

USER_AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length


def signed_in(person: Person) -> QuerySet[UserSession]:
    """The person's sign-ins that would still be let in, the latest first."""
    now = timezone.now()
    kept = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(
        user=person,
        session_key__in=kept,
        created_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
        last_seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
    )
    return rows.order_by("-last_seen_at")


def note(request: HttpRequest, person: Person) -> None:
    """Keep when and from where this sign-in was used last, in one statement, since it stands before a page."""
    fields = {
        "user": person,
        "ip": get_adapter().get_client_ip(request),
        "user_agent": request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH],
        "last_seen_at": timezone.now(),
    }
    row = UserSession(session_key=request.session.session_key, **fields)
    UserSession.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["session_key"], update_fields=list(fields)
    )


@transaction.atomic
def end(device: UserSession, *, by: Person) -> None:
    """Sign the person out there; what that device asks for next is refused."""
    _end(UserSession.objects.filter(pk=device.pk))
    trail.record_as(Kind.ACCOUNT, actor=by, verb="Gerät abgemeldet", thing=by)


@transaction.atomic
def end_others(person: Person, *, session_key: str | None) -> int:
    """Sign the person out everywhere but in this session; gives how many sign-ins that were."""
    ended = _end(UserSession.objects.filter(user=person).exclude(session_key=session_key))
    if ended:
        trail.record_as(Kind.ACCOUNT, actor=person, verb="Andere Geräte abgemeldet", thing=person, devices=ended)
    return ended


def end_all(person: Person, *, by: Person) -> None:
    """Sign the person out everywhere, as a part of taking away all ways in."""
    _end(UserSession.objects.filter(user=person))
    trail.record_as(Kind.ACCOUNT, actor=by, verb="Alle Geräte abgemeldet", thing=person)


def _end(devices: QuerySet[UserSession]) -> int:
    """The session goes first: it is what lets in."""
    keys = list(devices.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    devices.delete()
    return len(keys)
