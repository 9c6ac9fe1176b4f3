"""What the start page shows to one person, read in a handful of queries."""

from datetime import timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from portal.home.duties import duties
from portal.meetings.actions.seats import can_pass_on, seat_of
from portal.meetings.models import AgendaItem, Attendance, Comment, Meeting
from portal.meetings.rules import may_answer
from portal.members.models import Person
from portal.members.rules import groups_where_office
from portal.topics.models import Topic

COMMENTS_OF = timedelta(days=14)
COMMENTS, TOPICS, TITLES = 6, 6, 3


def read(person: Person) -> dict[str, object]:
    """The context of the start page."""
    groups = list({seat.organization_id for seat in person.current_memberships})
    ahead = list(meetings_ahead(person, groups))
    guest_at = [] if groups or ahead else list(meetings_as_guest(person))
    if not groups and not ahead and not guest_at:
        return {"has_left": person.memberships.exists(), "is_outside": True}
    answers = own_answers(person)
    context: dict[str, object] = {
        "is_member": bool(groups),
        "may_schedule": bool(groups_where_office(person)),
    }
    if meeting := next(iter(ahead + guest_at), None):
        context["next"] = hero(person, meeting, answers.pop(meeting.pk, None))
    if groups:
        context |= {
            "duties": duties(person, ahead, answers.values()),
            "comments": new_comments(person),
            "topics": topics_in_work(person),
        }
    return context


def meetings_ahead(person: Person, groups: list) -> QuerySet[Meeting]:
    """The person's own meetings that are not over, with the state of the answers."""
    as_guest = Meeting.objects.with_guest(person)
    mine = Q(organization__in=groups) | Q(pk__in=as_guest.values("pk"))
    invited = Q(attendances__invited_at__isnull=False)
    return (
        Meeting.objects.visible_to(person)
        .filter(mine)
        .upcoming()
        .select_related("organization", "location")
        .annotate(
            invited=Count("attendances", filter=invited),
            accepted=Count("attendances", filter=invited & Q(attendances__answer="accepted")),
            silent=Count("attendances", filter=invited & Q(attendances__answer="")),
        )
    )


def meetings_as_guest(person: Person) -> QuerySet[Meeting]:
    """What a guest may still read after the meeting."""
    return Meeting.objects.with_guest(person).select_related("organization", "location").order_by("-start")


def own_answers(person: Person) -> dict:
    """The person's attendances at meetings to come, by meeting."""
    open_states = [Meeting.State.INVITED, Meeting.State.RUNNING]
    found = Attendance.objects.filter(
        person=person, invited_at__isnull=False, meeting__state__in=open_states, meeting__end__gt=timezone.now()
    ).select_related("meeting__organization", "on_behalf_of")
    return {attendance.meeting_id: attendance for attendance in found.order_by("meeting__start")}


def hero(person: Person, meeting: Meeting, attendance: Attendance | None) -> dict[str, object]:
    """The next meeting: what it is about, and the person's own answer."""
    items = AgendaItem.objects.visible_to(person).filter(meeting=meeting).order_by("number")
    rows = [(_title(item), item.topic_id) for item in items.only("title", "topic", "is_supplement")]
    titles = [title for title, topic in rows if topic] or [
        title for title, _ in rows
    ]  # the matter, not the formalities
    seat = seat_of(attendance) if attendance else None
    return {
        "meeting": meeting,
        "seat": seat,
        "can_pass_on": can_pass_on(person, seat),
        "is_over": meeting.end <= timezone.now(),
        "days": (localtime(meeting.start).date() - localdate()).days,
        "titles": titles[:TITLES],
        "more": len(rows) - len(titles[:TITLES]),
        "attendance": attendance,
        "may_answer": attendance is not None and may_answer(person, attendance),
    }


def _title(item: AgendaItem) -> str:
    return f"{item.title} (Nachtrag)" if item.is_supplement else item.title


def new_comments(person: Person) -> QuerySet[Comment]:
    """What others wrote lately."""
    since = timezone.now() - COMMENTS_OF
    comments = Comment.objects.visible_to(person).standing().filter(created_at__gt=since)
    return (
        comments.exclude(author=person)
        .select_related("author", "item__meeting__organization")
        .order_by("-created_at")[:COMMENTS]
    )


def topics_in_work(person: Person) -> QuerySet[Topic]:
    """Open topics, those first for which the person is responsible."""
    own_first = Case(When(responsible=person, then=Value(0)), default=Value(1))
    topics = Topic.objects.visible_to(person).filter(state=Topic.State.OPEN)
    return topics.select_related("organization", "responsible").order_by(own_first, "title")[:TOPICS]
