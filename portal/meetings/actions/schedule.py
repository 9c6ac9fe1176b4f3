"""A meeting as a date: scheduled, changed, copied, begun, finished."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.timezone import localtime

from portal.audit import trail, versions
from portal.meetings import rules
from portal.meetings.actions import agenda, live
from portal.meetings.models import AgendaItem, Location, Meeting, Recusal, Visibility
from portal.members.models import Organization, Person

NOT_COPIED = {"id", "meeting", "is_supplement", "discussion_closed_at", "version", "created", "modified"}


class Plan(TypedDict, total=False):
    """What may be said about a meeting besides its time; a location may be one that is not stored yet."""

    title: str
    format: str
    location: Location | None
    video_url: str
    intro: str


@transaction.atomic
def schedule_meeting(
    organization: Organization, *, by: Person, start: datetime, end: datetime, **plan: Unpack[Plan]
) -> Meeting:
    """Put a draft with the standing items on the calendar; asked twice, it answers with the same draft."""
    meeting, is_new = _draft(organization, start=start, end=end, plan=plan)
    if is_new:
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=meeting, number=number, position=number, title=title, minutes_planned=minutes)
            for number, (title, minutes) in enumerate(agenda.OPENING + agenda.CLOSING, 1)
        )
        _record(meeting, by, "Sitzung angelegt")
    return meeting


@transaction.atomic
def copy_meeting(
    source: Meeting,
    *,
    by: Person,
    start: datetime,
    end: datetime,
    keep_public: bool = False,
    plan: Plan | None = None,
) -> Meeting:
    """A new draft with the agenda of another meeting, and its place unless `plan` names one.

    Public items stay public only if the lead says so.
    """
    plan = plan or {"format": source.format, "location": source.location, "video_url": source.video_url}
    meeting, is_new = _draft(source.organization, start=start, end=end, plan=plan)
    if keep_public and not rules.may_publish_item(by, meeting):
        raise ValidationError(agenda.ONLY_THE_LEAD)
    if is_new:
        items = {item: _copied(item, meeting, keep_public) for item in source.items.prefetch_related("recusals")}
        AgendaItem.objects.bulk_create(items.values())
        Recusal.objects.bulk_create(  # the matter is the same, and so is the Befangenheit
            Recusal(item=copied, person_id=recusal.person_id, recorded_by_id=recusal.recorded_by_id)
            for item, copied in items.items()
            for recusal in item.recusals.all()
        )
        agenda.renumber(meeting)
        _record(meeting, by, "Sitzung kopiert", source=str(source.pk), keep_public=keep_public)
    return meeting


@transaction.atomic
def edit_meeting(
    meeting: Meeting, *, by: Person, version: int, start: datetime, end: datetime, **plan: Unpack[Plan]
) -> Meeting:
    """Change a draft; raises Stale if it has become another one since it was read."""
    lock_calendar(meeting.organization_id)
    wanted = _wanted(start, end, plan)
    try:
        current = versions.lock(Meeting.objects.all(), meeting.pk, version)
    except versions.Stale as stale:
        if not versions.changed(stale.current, wanted):
            return Meeting.objects.get(pk=meeting.pk)
        raise
    if not rules.may_edit_meeting(by, current):
        raise ValidationError("Die Sitzung ist kein Entwurf mehr; ein anderer Termin geht über „Verlegen“.")
    if other := at_the_same_time(current.organization_id, start, but=current.pk):
        raise ValidationError(f"Zu dieser Zeit steht schon die {other.label} im Kalender.")
    if changed := versions.changed(current, wanted):
        _set(current, wanted)
        current.version += 1
        current.save()
        _record(current, by, "Sitzung geändert", changed=", ".join(changed))
    return current


def start_meeting(meeting: Meeting, *, by: Person) -> bool:
    """The meeting begins; false if it had begun already."""
    return _advance(meeting, by, Meeting.State.RUNNING, rules.may_start, "Sitzung begonnen")


def finish_meeting(meeting: Meeting, *, by: Person) -> bool:
    """The meeting is over, agenda and discussion are closed; false if it was over already."""
    return _advance(meeting, by, Meeting.State.FINISHED, rules.may_finish, "Sitzung beendet")


@transaction.atomic
def _advance(
    meeting: Meeting, by: Person, state: Meeting.State, may: Callable[[Person, Meeting], bool], verb: str
) -> bool:
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if current.state == state:
        return False
    if not may(by, current):
        raise ValidationError(f"Das geht nicht: Die Sitzung steht auf „{current.get_state_display()}“.")
    current.state = state
    current.version += 1
    current.save(update_fields=["state", "version", "modified"])
    live.close_turn(current)
    _record(current, by, verb)
    return True


def _draft(organization: Organization, *, start: datetime, end: datetime, plan: Plan) -> tuple[Meeting, bool]:
    """The draft, numbered in its year, and whether it is new; one at a time for each working group."""
    lock_calendar(organization.pk)
    wanted = _wanted(start, end, plan)
    if other := at_the_same_time(organization.pk, start):
        if other.state == Meeting.State.DRAFT and not versions.changed(other, wanted):
            return other, False
        raise ValidationError(f"Zu dieser Zeit steht schon die {other.label} im Kalender.")
    meeting = Meeting(organization=organization)
    _set(meeting, wanted)
    meeting.save(force_insert=True)
    return meeting, True


def lock_calendar(organization_id: UUID) -> None:
    """Whoever plans a meeting of the working group waits for this."""
    Organization.objects.select_for_update().get(pk=organization_id)


def at_the_same_time(organization_id: UUID, start: datetime, *, but: UUID | None = None) -> Meeting | None:
    """No working group meets twice at once; so a second click finds what the first one made."""
    others = Meeting.objects.filter(~Q(pk=but), organization_id=organization_id, start=start)
    return others.exclude(state=Meeting.State.CANCELLED).first()


def _wanted(start: datetime, end: datetime, plan: Plan) -> dict[str, object]:
    """The values for the row."""
    wanted: dict[str, object] = {"start": start, "end": end, **plan}
    if "location" in plan:
        wanted["location"] = stored(plan["location"])
    return wanted


def stored(place: Location | None) -> Location | None:
    """The location as a row; one that was typed in is stored, once."""
    if place is None or not place._state.adding:
        return place
    fields = ("name", "room", "street", "postal_code", "city")
    known = Location.objects.filter(**{name: getattr(place, name) for name in fields}).first()
    if known is None:
        place.save()
    return known or place


def _set(meeting: Meeting, wanted: dict[str, object]) -> None:
    """Write the values into the row; in another year it takes the next number there."""
    for name, value in wanted.items():
        setattr(meeting, name, value)
    year = localtime(meeting.start).year
    if meeting.year != year:
        used = Meeting.objects.filter(organization=meeting.organization_id, year=year)
        meeting.year, meeting.number = year, (used.aggregate(last=Max("number"))["last"] or 0) + 1


def _copied(item: AgendaItem, meeting: Meeting, keep_public: bool) -> AgendaItem:
    names = {field.attname for field in AgendaItem._meta.concrete_fields if field.name not in NOT_COPIED}
    copy = AgendaItem(meeting=meeting, **{name: getattr(item, name) for name in names})
    if copy.visibility == Visibility.PUBLIC and not keep_public:
        copy.visibility = Visibility.INTERNAL
    return copy


def _record(meeting: Meeting, by: Person, verb: str, **detail: str | int | bool | None) -> None:
    trail.record(actor=by, verb=verb, thing=meeting, organization=meeting.organization_id, **detail)
