"""The mail of the morning for those who wish one a day: what is new for them since the last one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.mail import outbox
from portal.meetings.emails import is_reachable, line
from portal.meetings.models import Comment
from portal.members.emails import unsubscribe_url
from portal.members.models import Notify, Person
from portal.minutes.models import Minutes

SETTLING = timedelta(minutes=1)  # what is being saved this very moment is for tomorrow


@dataclass(frozen=True)
class Talk:
    """What was said about one item: by whom, and how often; never what."""

    title: str
    meeting: str
    link: str
    count: int
    authors: str


@dataclass(frozen=True)
class News:
    """What one reader may see of what has happened lately."""

    talks: list[Talk] = field(default_factory=list)
    minutes: list[Minutes] = field(default_factory=list)
    groups: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.talks or self.minutes)


def due(now: datetime) -> list[UUID]:
    """Who has not been told anything today: a run that was missed is made up for, a second one finds nobody."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Person.objects.filter(notify=Notify.DAILY, is_active=True, news_until__lt=midnight)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def tell(pk: UUID, now: datetime) -> bool:
    """Write the mail if there is something to say, and remember up to when it was said; once, whoever else runs."""
    person = Person.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if person is None or pk not in due(now):
        return False
    until = now - SETTLING
    news = gather(person, person.news_until, until)
    person.news_until = until
    person.save(update_fields=["news_until"])
    if news and is_reachable(person):
        _put(person, news, now)
    return bool(news)


def gather(person: Person, since: datetime, until: datetime) -> News:
    """Comments of others and final minutes of that time, through what the reader may see now."""
    comments = Comment.objects.visible_to(person).standing().filter(created_at__gt=since, created_at__lte=until)
    comments = comments.exclude(author=person).select_related("author", "item__meeting__organization")
    minutes = Minutes.objects.visible_to(person).final().for_pages()
    minutes = list(minutes.filter(finalised_at__gt=since, finalised_at__lte=until).order_by("meeting__start"))
    said = list(comments.order_by("item__meeting__start", "item__meeting", "item__number", "created_at"))
    meetings = [comment.item.meeting for comment in said] + [row.meeting for row in minutes]
    return News(
        talks=[_talk(list(group)) for _, group in groupby(said, key=lambda comment: comment.item_id)],
        minutes=minutes,
        groups=frozenset(meeting.organization_id for meeting in meetings),
    )


def _talk(comments: list[Comment]) -> Talk:
    item = comments[0].item
    authors = dict.fromkeys(comment.author.get_full_name() for comment in comments)
    return Talk(
        title=line(item),
        meeting=item.meeting.label,
        link=settings.BASE_URL + comments[0].get_absolute_url(),
        count=len(comments),
        authors=_listed(authors),
    )


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} und {last}" if first else last


def _put(person: Person, news: News, now: datetime) -> None:
    day = timezone.localdate(now)
    outbox.put(
        key=f"digest:{person.pk}:{day:%Y-%m-%d}",
        kind="Neues vom Tag",
        to=person.email or "",
        to_name=person.get_full_name(),
        subject="Neues im Arbeitskreis",
        template="home/mail/digest",
        context={
            "person": person,
            "news": news,
            "minutes": [(row.meeting, settings.BASE_URL + row.get_absolute_url()) for row in news.minutes],
            "profile_link": settings.BASE_URL + reverse("members:profile"),
        },
        group=next(iter(news.groups)) if len(news.groups) == 1 else None,
        person=person.pk,
        unsubscribe=unsubscribe_url(person),
    )
