"""What people change of their own: form of address, wishes for mails, the calendar address."""

from django.db import transaction
from django.utils import timezone

from portal.audit import trail
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
