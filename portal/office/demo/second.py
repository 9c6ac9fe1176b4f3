"""A second working group: shares its Fraktionen, one delegate and the guest with the first one, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from dateutil.relativedelta import relativedelta
from django.utils.timezone import localdate

from portal.meetings.actions import invitation
from portal.meetings.models import Meeting, Purpose, Visibility
from portal.members.models import Organization, Role, RulesOfProcedure
from portal.minutes.models import Outcome
from portal.office.demo.ids import new_id
from portal.office.demo.people import Cast, Casting, seat
from portal.office.demo.sittings import Calendar, second_tuesday
from portal.office.demo.texts import Matter
from portal.topics.models import Topic

HEAT, ROOFS = 0, 1  # position in topics()
NEXT_WEEK_THURSDAY = timedelta(days=9)
Kind = Outcome.Kind

PAST: tuple[Matter, ...] = (
    Matter(
        "Wärmeplanung: Was ist schon da?",
        "Bestandsaufnahme der Heizungen in städtischen Gebäuden.",
        HEAT,
        minutes=30,
        entry="Die Verwaltung stellt die Bestandsaufnahme vor: 14 von 41 Gebäuden hängen am Wärmenetz.",
        outcomes=((Kind.INQUIRY, "Die Verwaltung prüft, welche fünf Gebäude als nächste angeschlossen werden."),),
    ),
)
AHEAD: tuple[Matter, ...] = (
    Matter(
        "Solardächer auf Schulen",
        "Vorschlag für die ersten **sechs Dächer**, mit Ertrag und Kosten.",
        ROOFS,
        Purpose.RECOMMENDATION,
        Visibility.PUBLIC,
        minutes=30,
        comments=("Ist die Statik der Sporthallen schon geprüft?",),
    ),
    Matter(
        "Angebot der Stadtwerke zum Wärmenetz",
        "Vertraulicher Bericht über das Preisangebot.",
        HEAT,
        Purpose.CONSULTATION,
        Visibility.CONFIDENTIAL,
        minutes=25,
    ),
)


def cast(rng: Random, casting: Casting, first: Cast) -> Cast:
    """Its own Verwaltung, and delegates of three Fraktionen; the first of them sits in both working groups."""
    begin = localdate() - relativedelta(months=5)
    group = _group(rng, first.group)
    lead, staff, clerk = (casting.person() for _ in range(3))
    for person, role in ((lead, Role.LEAD), (staff, Role.STAFF), (clerk, Role.CLERK)):
        seat(rng, person, group, role, begin)
    delegates = [first.delegates[1], casting.person(), casting.person()]
    for person, neighbour in zip(delegates, first.delegates[1:4], strict=True):
        fraktion = neighbour.memberships.get(organization=first.group).on_behalf_of
        seat(rng, person, group, Role.DELEGATE, begin, on_behalf_of=fraktion)
    return replace(first, group=group, lead=lead, staff=staff, clerk=clerk, delegates=delegates, deputies=[])


def _group(rng: Random, first: Organization) -> Organization:
    group = Organization.objects.create(
        id=new_id(rng),
        kind=Organization.Kind.WORKING_GROUP,
        name="Arbeitskreis Klimaschutz",
        short_name="AK Klima",
        term=first.term,
    )
    RulesOfProcedure.objects.create(
        id=new_id(rng),
        organization=group,
        valid_from=date(2025, 11, 1),
        invitation_days=14,
        supplement_days=5,
        comment_days=1,
    )
    return group


def topics(rng: Random, cast: Cast) -> list[Topic]:
    """What the second working group follows."""
    matters = (
        ("Wärmeplanung", "Wie die Stadt in zwanzig Jahren heizt."),
        ("Solardächer", "Strom von städtischen Dächern."),
    )
    return [
        Topic.objects.create(
            id=new_id(rng), organization=cast.group, responsible=cast.staff, title=title, summary=summary
        )
        for title, summary in matters
    ]


class SmallCalendar(Calendar):
    """One meeting behind, with final minutes, and one ahead."""

    def fill(self) -> None:
        self._past(second_tuesday(months_away=-2) + NEXT_WEEK_THURSDAY, PAST, is_last=False)
        meeting = self._meeting(second_tuesday(months_away=2) + NEXT_WEEK_THURSDAY, Meeting.State.DRAFT, AHEAD)
        invitation.invite(meeting, by=self.cast.lead, version=meeting.version)
