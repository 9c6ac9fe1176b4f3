"""What waits for the Verwaltung because of mail: nothing leaves, something failed, came back or came in."""

from uuid import UUID

from django.db.models import Count, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from portal.home.duty import Duty
from portal.mail.models import Incoming, Message, Pause
from portal.meetings.models import Delivery, Meeting


def mail_duties(groups: list[UUID]) -> list[Duty]:
    """One query, and another where letters came back."""
    counts = _counts(groups)
    found = [duty(counts[matter]) for matter, duty in DUTIES.items() if counts.get(matter)]
    if counts.get("returned"):
        found += [_returned(meeting) for meeting in _with_returned_letters(groups)]
    return found


def _counts(groups: list[UUID]) -> dict[str, int]:
    matters = {
        "paused": Pause.objects.all(),
        "failed": Message.objects.of_groups(groups).dead(),
        "came in": Incoming.objects.of_groups(groups).to_look_at(),
        "returned": _unreached(groups),
    }
    first, *others = (_counted(name, rows) for name, rows in matters.items())
    return dict(first.union(*others, all=True))


def _counted(name: str, rows: QuerySet) -> QuerySet:
    return rows.order_by().values(matter=Value(name)).annotate(number=Count("pk")).values_list("matter", "number")


def _unreached(groups: list[UUID]) -> QuerySet[Delivery]:
    return Delivery.objects.unreached().filter(meeting__organization__in=groups, meeting__end__gt=timezone.now())


def _with_returned_letters(groups: list[UUID]) -> QuerySet[Meeting]:
    meetings = (
        Meeting.objects.filter(deliveries__in=_unreached(groups)).select_related("organization").order_by("start")
    )
    return meetings.annotate(returned=Count("deliveries__person", distinct=True))


def _returned(meeting: Meeting) -> Duty:
    one = meeting.returned == 1
    return Duty(
        title=f"{meeting.label}: {'ein Schreiben ist' if one else 'Schreiben sind'} zurückgekommen",
        detail=f"{'Eine Person ist' if one else f'{meeting.returned} Personen sind'} per E-Mail nicht zu erreichen. "
        "Berichtigen Sie die Adresse und senden Sie das Schreiben erneut, oder benachrichtigen Sie auf anderem Weg.",
        badge="Zurückgekommen",
        kind="danger",
        url=reverse("meetings:proof", args=[meeting.pk]),
        button="Zustellnachweis öffnen",
        group=meeting.organization.short_name,
    )


def _paused(count: int) -> Duty:
    return Duty(
        title="Der Versand von E-Mails ist angehalten",
        detail="Einladungen, Erinnerungen und Codes zum Anmelden warten, bis die Leitung ihn fortsetzt.",
        badge="Angehalten",
        kind="danger",
        url=reverse("office:operation"),
        button="Betrieb ansehen",
    )


def _failed(count: int) -> Duty:
    return Duty(
        title="Eine Nachricht ist nicht zustellbar" if count == 1 else f"{count} Nachrichten sind nicht zustellbar",
        detail="Sehen Sie nach, ob eine Adresse falsch ist, und versuchen Sie es erneut.",
        badge="Nicht zugestellt",
        kind="danger",
        url=reverse("office:outbox"),
        button="Postausgang öffnen",
    )


def _came_in(count: int) -> Duty:
    return Duty(
        title="Eine Nachricht ist eingegangen" if count == 1 else f"{count} Nachrichten sind eingegangen",
        detail="Jemand hat an das Portal geschrieben, oder eine Antwort ließ sich nicht übernehmen.",
        badge="Zu lesen",
        kind="warning",
        url=f"{reverse('office:inbox')}?zustand=offen",
        button="Posteingang öffnen",
    )


DUTIES = {"paused": _paused, "failed": _failed, "came in": _came_in}
