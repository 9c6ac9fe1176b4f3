"""What stands in every new installation: the Kommune, its working group, the three topics of the motion."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from portal.members.actions import seats
from portal.members.models import Body, Membership, Organization, Person, Role, RulesOfProcedure
from portal.topics.models import Topic


@dataclass(frozen=True)
class Matter:
    """A topic of the motion of January 2021 that brought the working group into being."""

    title: str
    summary: str
    text: str


MATTERS = (
    Matter(
        "KRZN-Vertrag",
        "Die IT der Stadt kommt über den Kreis vom Kommunalen Rechenzentrum Niederrhein.",
        "Seit Dezember 2020 betreut das **Kommunale Rechenzentrum Niederrhein (KRZN)** die IT der Stadt, vermittelt"
        " über den Kreis. Der Arbeitskreis begleitet Leistungen, Kosten und offene Punkte des Vertrags.",
    ),
    Matter(
        "OZG-Leistungen",
        "575 Leistungen der Verwaltung sollen auch online angeboten werden.",
        "Das **Onlinezugangsgesetz** verpflichtet Bund, Länder und Kommunen, 575 Leistungsbündel auch online"
        " anzubieten. Der Arbeitskreis verfolgt, welche Leistungen die Stadt anbietet und welche als nächste folgen.",
    ),
    Matter(
        "Mobiles Arbeiten",
        "Homeoffice, Telearbeit, Telefon- und Videokonferenzen und die Technik dafür.",
        "Wie viele Arbeitsplätze sind mobil, wie tragfähig sind Zugänge und Konferenzräume, und was fehlt noch?"
        " Der Arbeitskreis begleitet **Homeoffice und Telearbeit** in der Verwaltung.",
    ),
)


class AlreadyFounded(Exception):
    """This installation has a Kommune, or a working group of that name, already."""


class NotFounded(Exception):
    """Without a Kommune there is no working group."""


@transaction.atomic
def found(*, body: str, group: str, short_name: str, lead: Person) -> Organization:
    """Set up the Kommune and its first working group, and appoint the lead, who gets the access link by mail."""
    if Body.objects.exists() or Organization.objects.exists():
        raise AlreadyFounded
    Body.objects.create(name=body)
    organization, seat = _group(group, short_name, lead)
    add_matters(organization, responsible=seat.person)
    return organization


@transaction.atomic
def found_another(*, group: str, short_name: str, lead: Person) -> Organization:
    """Set up a further working group, which shares nothing with the others but the Fraktionen, and appoint its lead."""
    if not Body.objects.exists():
        raise NotFounded
    if Organization.objects.filter(kind=Organization.Kind.WORKING_GROUP, name=group, end_date=None).exists():
        raise AlreadyFounded
    organization, _ = _group(group, short_name, lead)
    return organization


def _group(name: str, short_name: str, lead: Person) -> tuple[Organization, Membership]:
    organization = Organization.objects.create(kind=Organization.Kind.WORKING_GROUP, name=name, short_name=short_name)
    RulesOfProcedure.objects.create(organization=organization)
    return organization, seats.appoint(organization, by=None, person=lead, role=Role.LEAD)


def add_matters(organization: Organization, *, responsible: Person, new_id: Callable[[], UUID] = uuid4) -> list[Topic]:
    """The three topics, in the order of the motion."""
    return [
        Topic.objects.create(
            id=new_id(),
            organization=organization,
            responsible=responsible,
            title=m.title,
            summary=m.summary,
            text=m.text,
        )
        for m in MATTERS
    ]
