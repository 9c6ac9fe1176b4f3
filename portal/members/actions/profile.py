"""What people change of their own: form of address, wishes for mails, the calendar address."""

from uuid import UUID

from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.members import rules
from portal.members.emails import UNSUBSCRIBE
from portal.members.models import CalendarFeed, Notify, Person
from portal.members.models.token import new_token


@transaction.atomic
def update_profile(person: Person, *, salutation: str, title: str, notify: str) -> None:
    """Keep how somebody is addressed and what mails they wish; collecting what is new begins with the wish."""
    current = Person.objects.select_for_update().get(pk=person.pk)
    if notify == Notify.DAILY != current.notify:
        current.news_until = timezone.now()
    current.salutation, current.title, current.notify = salutation, title, notify
    current.save(update_fields=["salutation", "title", "notify", "news_until", "modified"])
    trail.record(actor=person, verb="Eigene Angaben geändert", thing=current, notify=notify)


def reader_of(token: str) -> Person | None:
    """Whose address to unsubscribe this is, as long as the person may have wishes."""
    try:
        pk = UUID(hex=UNSUBSCRIBE.unsign(token))
    except (BadSignature, ValueError):
        return None
    return _with_wishes(Person.objects.filter(pk=pk).first())


@transaction.atomic
def stop_news(person: Person) -> Person | None:
    """No more mail than there has to be; a second time changes nothing. None if the account has ended meanwhile."""
    current = _with_wishes(Person.objects.select_for_update().get(pk=person.pk))
    if current and current.notify != Notify.INVITATIONS:
        current.notify = Notify.INVITATIONS
        current.save(update_fields=["notify", "modified"])
        trail.record(actor=current, verb="Eigene Angaben geändert", thing=current, notify=current.notify)
    return current


def _with_wishes(person: Person | None) -> Person | None:
    return person if person and person.is_active and rules.may_edit_profile(person) else None


@transaction.atomic
def open_feed(person: Person) -> str:
    """Give the person a calendar address and return its token, which nobody can read again; an earlier one ends."""
    token, token_hash = new_token()
    fresh = {"token_hash": token_hash, "created_at": timezone.now()}
    feed, is_new = CalendarFeed.objects.update_or_create(person=person, defaults=fresh)
    trail.record(actor=person, verb="Kalenderabo eingerichtet" if is_new else "Kalenderabo erneuert", thing=feed)
    return token


@transaction.atomic
def close_feed(person: Person) -> bool:
    """End the calendar address at once; False if there is none."""
    feed = CalendarFeed.objects.select_for_update().filter(person=person).first()
    if feed is None:
        return False
    trail.record(actor=person, verb="Kalenderabo beendet", thing=feed)
    feed.delete()
    return True
