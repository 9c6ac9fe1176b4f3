"""The Einladung as PDF."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.dateformat import format as format_day
from django.utils.timezone import localtime

from portal.meetings.models import AgendaItem, Meeting
from portal.members.models import Body, Membership, Person, Role, RulesOfProcedure
from portal.pdf.engine import Rendered, render
from portal.pdf.shapes import Einladung, InvitationItem, Letterhead, ProofIssue, Signature, Zustellnachweis
from portal.ui.templatetags.ui import clock, day


def invitation(
    meeting: Meeting,
    items: Iterable[AgendaItem],
    *,
    by: Person,
    issued: datetime,
    version_note: str = "",
    late_reason: str = "",
    supplement_reason: str = "",
) -> Rendered:
    """Set the letter with these items; what is confidential stands there by its number alone."""
    start, end = localtime(meeting.start), localtime(meeting.end)
    data = Einladung(
        letterhead=letterhead(Body.objects.get_solo()),
        group=meeting.organization.name,
        title=titled("Einladung zur", meeting),
        issued=format_day(localtime(issued), "j. F Y"),
        version_note=version_note,
        date=day(start),
        time=f"{clock(start)} bis etwa {clock(end)} Uhr",
        place=meeting.address,
        format=meeting.get_format_display(),
        video_url=meeting.video_url,
        intro=meeting.intro,
        items=[_item(item) for item in items],
        late_reason=late_reason,
        supplement_reason=supplement_reason,
        signature=_signature(meeting, by),
        answer_url=settings.BASE_URL + meeting.get_absolute_url(),
        answer_by=_answer_by(meeting, issued),
    )
    return render("einladung", data, timestamp=int(issued.timestamp()))


def titled(words: str, meeting: Meeting) -> str:
    """The title of a letter about a meeting: "Einladung zur 3. Sitzung 2026 des Arbeitskreises Digitalisierung"."""
    group = meeting.organization.name
    of_group = f"des Arbeitskreises{group.removeprefix('Arbeitskreis')}" if group.startswith("Arbeitskreis") else group
    title = f"{words} {meeting.label} {of_group}"
    return f"{title}: {meeting.title}" if meeting.title else title


def letterhead(body: Body) -> Letterhead:
    """The head of every letter: the fields of Body, as they are."""
    return Letterhead(
        name=body.name,
        department=body.department,
        street=body.street,
        postal_code=body.postal_code,
        city=body.city,
        telephone=body.telephone,
        email=body.email,
        website=body.website,
    )


def _item(item: AgendaItem) -> InvitationItem:
    hidden = item.is_confidential
    return InvitationItem(
        number=str(item.number),
        title=item.open_title,
        purpose="" if hidden else item.get_purpose_display(),
        presenter="" if hidden else item.presenter,
        minutes=None if hidden else item.minutes_planned,
        supplement=item.is_supplement,
    )


def _signature(meeting: Meeting, by: Person) -> Signature:
    """The lead invites, whoever sends it; where there is none, whoever sends it."""
    seats = Membership.objects.current().filter(organization=meeting.organization_id, role=Role.LEAD)
    lead = seats.select_related("person").order_by("start_date").first()
    name = (lead.person if lead else by).get_full_name()
    return Signature(name=name, role=Role.LEAD.label if lead else "Verwaltung")


def _answer_by(meeting: Meeting, issued: datetime) -> str:
    """The day on which those who are silent get reminded, if that is still to come."""
    rules = RulesOfProcedure.objects.on(meeting.organization)
    last = localtime(meeting.start) - timedelta(days=rules.remind_silent_days)
    return day(last) if last.date() > localtime(issued).date() else ""


def proof(meeting: Meeting, issues: list[ProofIssue], *, by: Person, issued: datetime) -> Rendered:
    """Set the Zustellnachweis as it stands at this moment."""
    start, end = localtime(meeting.start), localtime(meeting.end)
    data = Zustellnachweis(
        letterhead=letterhead(Body.objects.get_solo()),
        group=meeting.organization.name,
        title=titled("Zustellnachweis zur", meeting),
        date=day(start),
        time=f"{clock(start)} bis etwa {clock(end)} Uhr",
        place=meeting.address,
        issued=f"{format_day(localtime(issued), 'j. F Y')}, {clock(issued)} Uhr, durch {by.get_full_name()}",
        issues=issues,
    )
    return render("zustellnachweis", data, timestamp=int(issued.timestamp()))
