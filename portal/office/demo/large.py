"""Many rows for measuring: one meeting of 30 items and 300 comments, 200 meetings, 5,000 comments."""

from datetime import timedelta
from itertools import cycle
from random import Random

from django.utils import timezone

from portal.meetings.models import AgendaItem, Attendance, Comment, Meeting, Visibility
from portal.members.models import Role
from portal.office.demo.ids import new_id
from portal.office.demo.people import Cast
from portal.topics.models import Topic

MEETINGS, COMMENTS = 200, 5_000
ITEMS_OF_THE_LARGE, COMMENTS_OF_THE_LARGE = 30, 300
ITEMS_OF_THE_OTHERS = 5
TEXT = "Zu diesem Punkt haben wir eine *Nachfrage*: Welche **Kosten** entstehen im ersten Jahr, welche danach?"


def enlarge(rng: Random, cast: Cast, topics: list[Topic]) -> Meeting:
    """Add the rows and return the large meeting, which lies furthest ahead."""
    wanted = MEETINGS - Meeting.objects.count()
    meetings = [_meeting(rng, cast, number) for number in range(wanted)]
    Meeting.objects.bulk_create(meetings)
    large, others = meetings[-1], meetings[:-1]
    items = _items(rng, large, topics, ITEMS_OF_THE_LARGE)
    rest = [item for meeting in others for item in _items(rng, meeting, topics, ITEMS_OF_THE_OTHERS)]
    AgendaItem.objects.bulk_create(items + rest, batch_size=500)
    Attendance.objects.bulk_create(_invited(rng, cast, large))
    missing = COMMENTS - COMMENTS_OF_THE_LARGE - Comment.objects.count()
    _comment(rng, cast, items, COMMENTS_OF_THE_LARGE)
    _comment(rng, cast, rest, missing)
    return large


def _meeting(rng: Random, cast: Cast, number: int) -> Meeting:
    """Weekly, the last one 40 weeks ahead, the first ones years ago."""
    weeks = number - MEETINGS + 40
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(weeks=weeks)
    return Meeting(
        id=new_id(rng),
        organization=cast.group,
        year=start.year,
        number=1000 + number,
        start=start,
        end=start + timedelta(hours=2),
        format=Meeting.Format.DIGITAL,
        video_url="https://video.example.org/",
        state=Meeting.State.FINISHED if start < timezone.now() else Meeting.State.INVITED,
        revision=1,
        invited_at=start - timedelta(days=14),
    )


def _invited(rng: Random, cast: Cast, meeting: Meeting) -> list[Attendance]:
    """Everybody is invited to the large meeting, and nobody has answered."""
    seats = cast.group.memberships.current().exclude(role=Role.DEPUTY)
    return [
        Attendance(
            id=new_id(rng),
            meeting=meeting,
            person=seat.person,
            on_behalf_of=seat.on_behalf_of,
            role=seat.role,
            invited_at=meeting.invited_at,
        )
        for seat in seats.select_related("person", "on_behalf_of")
    ]


def _items(rng: Random, meeting: Meeting, topics: list[Topic], count: int) -> list[AgendaItem]:
    return [
        AgendaItem(
            id=new_id(rng),
            meeting=meeting,
            number=number,
            position=number,
            title=f"Punkt {number} der umfangreichen Tagesordnung",
            text=TEXT,
            topic=topics[number % len(topics)],
            presenter="Verwaltung",
            minutes_planned=5,
            visibility=Visibility.PUBLIC if number < count // 3 else Visibility.INTERNAL,
        )
        for number in range(1, count + 1)
    ]


def _comment(rng: Random, cast: Cast, items: list[AgendaItem], count: int) -> None:
    """Spread comments over the items; every third one answers the first of its item."""
    authors, firsts, rows = cycle(cast.delegates), {}, []
    for number in range(count):
        item = items[number % len(items)]
        parent = firsts.get(item.pk) if number % 3 == 2 else None
        at = timezone.now() - timedelta(minutes=count - number)
        comment = Comment(id=new_id(rng), item=item, author=next(authors), parent=parent, text=TEXT, created_at=at)
        firsts.setdefault(item.pk, comment)
        rows.append(comment)
    Comment.objects.bulk_create(rows, batch_size=500)
