"""Which mails a date poll causes."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils.timezone import localtime, make_aware

from portal.mail import outbox
from portal.meetings.emails.letters import is_reachable
from portal.meetings.models import DateOption, DatePoll, DateVoice
from portal.ui.templatetags.ui import clock, day

POLL_ANSWER = Signer(sep=".", salt="portal.meetings.poll")


def poll_url(voice: DateVoice) -> str:
    """The personal address to say without signing in when one can come."""
    path: str = reverse("meetings:poll_answer", args=[POLL_ANSWER.sign(voice.pk.hex)])
    return f"{settings.BASE_URL}{path}"


def asked(voice: DateVoice) -> None:
    """Which dates are offered, and until when to answer."""
    _put(voice, "asked", subject=f"Terminumfrage: {voice.poll.title}", not_after=voice.poll.last_start)


def added(voice: DateVoice, options: Iterable[DateOption]) -> None:
    """Which dates are new; once for each change of the poll."""
    _put(
        voice,
        "added",
        subject=f"Neuer Terminvorschlag: {voice.poll.title}",
        not_after=voice.poll.last_start,
        round_=voice.poll.version,
        new="\n".join(_line(option) for option in options),
    )


def reminder(voice: DateVoice) -> None:
    """Once, to somebody who is silent."""
    end = make_aware(datetime.combine(voice.poll.answer_by + timedelta(days=1), time()))
    _put(voice, "reminder", subject=f"Bitte antworten: Terminumfrage {voice.poll.title}", not_after=end)


def decided(voice: DateVoice, chosen: DateOption) -> None:
    """Which of the dates it is."""
    subject = f"Termin steht fest: {voice.poll.title} am {day(localtime(chosen.start))}"
    _put(voice, "decided", subject=subject, not_after=chosen.start)


def called_off(voice: DateVoice) -> None:
    """None of them, and why."""
    _put(voice, "off", subject=f"Terminumfrage beendet: {voice.poll.title}", not_after=voice.poll.last_start)


def _put(
    voice: DateVoice, template: str, *, subject: str, not_after: datetime, round_: int = 0, **context: object
) -> None:
    """One mail to one person, once (or once each `round_`), if mail reaches them at all."""
    poll, person = voice.poll, voice.person
    if not is_reachable(person):
        return
    outbox.put(
        key=f"poll:{template}:{voice.pk}" + (f":{round_}" if round_ else ""),
        kind="Terminumfrage",
        to=person.email or "",
        to_name=person.get_full_name(),
        subject=subject,
        template=f"meetings/mail/poll_{template}",
        context={
            "person": person,
            "poll": poll,
            "sender": poll.organization.name,
            "facts": _facts(poll),
            "answer_url": poll_url(voice),
            "poll_url": settings.BASE_URL + poll.get_absolute_url(),
            **context,
        },
        group=poll.organization_id,
        about=poll.pk,
        person=person.pk,
        thread=f"poll-{poll.pk}",
        not_after=not_after,
    )


def _facts(poll: DatePoll) -> list[tuple[str, str]]:
    place = ("Wo", poll.location.address if poll.location else poll.place)
    if poll.chosen:
        return [("Wann", _line(poll.chosen)), place]
    ahead = [_line(option) for option in poll.options.all() if option.is_ahead]
    return [("Termine", "\n".join(ahead)), place, ("Antwort bis", day(poll.answer_by))]


def _line(option: DateOption) -> str:
    return f"{day(localtime(option.start))}, {clock(option.start)} bis {clock(option.end)} Uhr"
