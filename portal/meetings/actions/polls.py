"""Finding a date: offer some, ask, change what is offered, choose one that becomes a meeting, or call it off."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from portal.audit import trail, versions
from portal.meetings import rules
from portal.meetings.actions import circle, schedule
from portal.meetings.emails import polls as mails
from portal.meetings.models import (
    FEWEST_DATES,
    MOST_DATES,
    DateAnswer,
    DateOption,
    DatePoll,
    DateVoice,
    Location,
    Meeting,
    voices,
)
from portal.members.models import Membership, Organization, Person, Role

RANKED = (*circle.RANKED, Role.DEPUTY)
State = DatePoll.State
Choice = DateAnswer.Choice
HOW_MANY = f"Bieten Sie mindestens {FEWEST_DATES} und höchstens {MOST_DATES} Termine an."


class Texts(TypedDict):
    """What a poll says beside its dates."""

    title: str
    answer_by: date
    location: Location | None


def to_ask(organizations: Iterable[UUID]) -> dict[UUID, list[Membership]]:
    """Whom a poll would ask, by working group: one seat for each person, sorted by name."""
    found: dict[UUID, dict[UUID, Membership]] = {pk: {} for pk in organizations}
    seats = voices().filter(organization__in=found).select_related("person", "on_behalf_of")
    for seat in sorted(seats, key=lambda seat: RANKED.index(Role(seat.role))):
        found[seat.organization_id].setdefault(seat.person_id, seat)
    return {pk: sorted(of.values(), key=lambda seat: seat.person.sort_key) for pk, of in found.items()}


@transaction.atomic
def offer_dates(
    organization: Organization,
    *,
    by: Person,
    title: str,
    dates: Sequence[tuple[datetime, datetime]],
    answer_by: date,
    location: Location | None = None,
) -> DatePoll:
    """Ask all who would be invited which dates suit them; offered twice, it answers with the same poll."""
    schedule.lock_calendar(organization.pk)
    if not rules.may_schedule(by, organization.pk):
        raise PermissionDenied
    if not FEWEST_DATES <= len(dates) <= MOST_DATES:
        raise ValidationError(HOW_MANY)
    wanted = {"title": title, "answer_by": answer_by, "location": location}
    for same in DatePoll.objects.open().filter(organization=organization, **wanted).prefetch_related("options"):
        if {(option.start, option.end) for option in same.options.all()} == set(dates):
            return same
    poll = DatePoll.objects.create(organization=organization, created_by=by, **wanted)
    DateOption.objects.bulk_create(DateOption(poll=poll, start=start, end=end) for start, end in sorted(dates))
    asked, _ = _follow_seats(poll)
    _record(poll, by, "Terminumfrage verschickt", dates=len(dates), asked=asked)
    return poll


def asked_by(token: str) -> DateVoice | None:
    """Who is asked by a personal link, as long as they may answer."""
    try:
        pk = UUID(hex=mails.POLL_ANSWER.unsign(token))
    except (BadSignature, ValueError):
        return None
    rows = DateVoice.objects.select_related("poll__organization", "poll__location", "person")
    voice = rows.filter(pk=pk, person__is_active=True).first()
    return voice if voice and rules.may_answer_poll(voice.person, voice) else None


@transaction.atomic
def answer(voice: DateVoice, *, by: Person, choices: Mapping[UUID, str]) -> bool:
    """Keep what the person says to these dates; others stay as they are. False if nothing is new and nothing asked."""
    poll = lock(voice.poll_id)
    current = poll.voices.select_for_update().filter(pk=voice.pk).first()
    if current is None or not rules.may_answer_poll(by, current):
        raise PermissionDenied
    ahead = {option.pk for option in poll.options.all() if option.is_ahead}
    said = dict(current.answers.values_list("option", "choice"))
    news = {pk: choice for pk, choice in choices.items() if pk in ahead and said.get(pk) != choice}
    if not news and (current.has_answered or ahead.isdisjoint(choices)):
        return False
    DateAnswer.objects.bulk_create(
        [DateAnswer(option_id=pk, voice=current, choice=choice) for pk, choice in news.items()],
        update_conflicts=True,
        unique_fields=["option", "voice"],
        update_fields=["choice"],
    )
    current.answered_at = timezone.now()
    current.save(update_fields=["answered_at"])
    now_said = list((said | news).values())
    counts = {choice.value: now_said.count(choice) for choice in Choice}
    _record(poll, by, "Terminumfrage beantwortet", **counts)
    return True


@transaction.atomic
def decide(poll: DatePoll, *, option: UUID, by: Person) -> Meeting:
    """Make one of the dates a draft meeting and tell everybody; chosen twice, it answers with the same meeting."""
    current = lock(poll.pk)
    if current.chosen and current.meeting:
        if current.chosen_id == option:
            return current.meeting
        raise ValidationError(f"Festgelegt ist schon ein anderer Termin: {current.chosen}.")
    _check_may_close(current, by)
    chosen = next((one for one in current.options.all() if one.pk == option and one.is_ahead), None)
    if chosen is None:
        raise ValidationError("Dieser Termin ist vorbei oder zurückgenommen. Wählen Sie einen anderen.")
    current.meeting = schedule.schedule_meeting(
        current.organization,
        by=by,
        start=chosen.start,
        end=chosen.end,
        title=current.title,
        location=current.location,
    )
    _drop_who_left(current)
    current.state, current.chosen, current.closed_at = State.DECIDED, chosen, timezone.now()
    current.save()
    for voice in _voices_of(current):
        mails.decided(voice, chosen)
    _record(current, by, "Termin festgelegt", meeting=str(current.meeting.pk))
    return current.meeting


@transaction.atomic
def change(
    poll: DatePoll,
    *,
    by: Person,
    version: int,
    add: Sequence[tuple[datetime, datetime]] = (),
    take_back: Collection[UUID] = (),
    **texts: Unpack[Texts],
) -> int:
    """Change what is offered; answers to other dates stay. How many dates are new: about these everybody is told.

    The same again changes nothing. Raises Stale if the poll has moved on from that version.
    """
    current = lock(poll.pk)
    _check_may_close(current, by)
    options = list(current.options.all())
    offered = {(option.start, option.end) for option in options}
    new = [dates for dates in sorted(set(add)) if dates not in offered]
    gone = [option for option in options if option.pk in take_back]
    fields = versions.changed(current, texts)
    if not (new or gone or fields):
        return 0
    if current.version != version:
        raise versions.Stale(current)
    _check_dates(current, [option for option in options if option not in gone], gone, new)
    current.title, current.answer_by, current.location = texts["title"], texts["answer_by"], texts["location"]
    current.version += 1
    current.save()
    current.options.filter(pk__in=[option.pk for option in gone]).delete()
    added = DateOption.objects.bulk_create(DateOption(poll=current, start=start, end=end) for start, end in new)
    if added:
        _ask_again(current, added)
    _record(current, by, "Terminumfrage geändert", fields=", ".join(fields), added=len(new), taken_back=len(gone))
    return len(new)


def _check_dates(
    poll: DatePoll, kept: list[DateOption], gone: list[DateOption], new: list[tuple[datetime, datetime]]
) -> None:
    if not FEWEST_DATES <= len(kept) + len(new) <= MOST_DATES:
        raise ValidationError(HOW_MANY)
    if not {option.start for option in kept}.isdisjoint(start for start, _ in new):
        raise ValidationError("Diesen Termin bieten Sie schon an.")
    wanted = DateAnswer.objects.filter(option__in=gone, choice__in=[Choice.YES, Choice.MAYBE])
    if wanted.filter(voice__in=poll.voices.belonging()).exists():
        raise ValidationError("Zu einem Termin, den Sie zurücknehmen wollen, hat inzwischen jemand zugesagt.")


def _ask_again(poll: DatePoll, added: Collection[DateOption]) -> None:
    """Everybody is asked about the new dates; what they have said to the others stays."""
    _drop_who_left(poll)
    poll.voices.update(asked_at=timezone.now())
    poll.refresh_from_db(fields=["options"])
    for voice in _voices_of(poll):
        mails.added(voice, added)


@transaction.atomic
def call_off(poll: DatePoll, *, by: Person, reason: str) -> bool:
    """End a poll without a date and tell everybody why; false if that has happened."""
    current = lock(poll.pk)
    if current.state == State.CANCELLED:
        return False
    _check_may_close(current, by)
    if not reason.strip():
        raise ValidationError("Geben Sie den Grund an. Er steht in der Nachricht an alle, die gefragt sind.")
    _drop_who_left(current)
    current.state, current.cancel_reason, current.closed_at = State.CANCELLED, reason.strip(), timezone.now()
    current.save()
    for voice in _voices_of(current):
        mails.called_off(voice)
    _record(current, by, "Terminumfrage beendet")
    return True


@transaction.atomic
def tend(pk: UUID) -> None:
    """Ask those who have come to the group since, forget those who have gone, remind the silent; each once."""
    poll = lock(pk)
    if not poll.is_open:
        return
    asked, gone = _follow_seats(poll)
    if asked or gone:
        _record(poll, None, "Terminumfrage an Sitze angepasst", asked=asked, gone=gone)
    if not rules.is_reminder_due(poll):
        return
    for voice in _voices_of(poll):
        if not voice.has_answered and timezone.localdate(voice.asked_at) < timezone.localdate():
            mails.reminder(voice)


def lock(pk: UUID) -> DatePoll:
    """Whoever answers, chooses or calls off waits for this, and so does the timetable."""
    polls = DatePoll.objects.select_related("organization", "location", "chosen", "meeting")
    return polls.prefetch_related("options").select_for_update(of=("self",)).get(pk=pk)


def _check_may_close(poll: DatePoll, by: Person) -> None:
    if not rules.may_schedule(by, poll.organization_id):
        raise PermissionDenied
    if not rules.may_close_poll(by, poll):
        raise ValidationError("Diese Terminumfrage ist schon beendet.")


def _follow_seats(poll: DatePoll) -> tuple[int, int]:
    """Set who is asked against today's seats and mail those who are new; how many came, how many went."""
    gone = _drop_who_left(poll)
    known = {voice.person_id: voice for voice in poll.voices.all()}
    new = []
    for seat in to_ask([poll.organization_id])[poll.organization_id]:
        place = {"role": seat.role, "on_behalf_of": seat.on_behalf_of}
        voice = known.get(seat.person_id)
        if voice is None:
            new.append(DateVoice(poll=poll, person=seat.person, **place))
        elif (voice.role, voice.on_behalf_of_id) != (seat.role, seat.on_behalf_of_id):
            poll.voices.filter(pk=voice.pk).update(**place)
    DateVoice.objects.bulk_create(new)
    prefetch_related_objects([poll], "options")
    for voice in new:
        mails.asked(voice)
    return len(new), gone


def _drop_who_left(poll: DatePoll) -> int:
    """Forget the answers of those who no longer speak for the group."""
    staying = poll.voices.belonging().values("pk")
    gone = poll.voices.exclude(pk__in=list(staying.values_list("pk", flat=True)))
    count = gone.count()
    gone.delete()
    return count


def _voices_of(poll: DatePoll) -> list[DateVoice]:
    rows = list(poll.voices.select_related("person"))
    for voice in rows:
        voice.poll = poll
    return rows


def _record(poll: DatePoll, by: Person | None, verb: str, **detail: str | int | bool | None) -> None:
    trail.record(actor=by, verb=verb, thing=poll, organization=poll.organization_id, **detail)
