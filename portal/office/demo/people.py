"""The demo's Kommune, Fraktionen and persons."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from allauth.account.models import EmailAddress
from dateutil.relativedelta import relativedelta
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.utils.timezone import localdate, now

from portal.members.models import (
    Body,
    Invitation,
    LegislativeTerm,
    Membership,
    Organization,
    Person,
    Role,
    RulesOfProcedure,
)
from portal.office.demo.ids import new_id

FRAKTIONEN = (
    ("Fraktion Stadtmitte", "Stadtmitte"),
    ("Fraktion Soziale Stadt", "Soziale Stadt"),
    ("Fraktion Grünes Neuenfels", "Grünes Neuenfels"),
    ("Fraktion Freie Bürger", "Freie Bürger"),
    ("Fraktion Zukunft Digital", "Zukunft Digital"),
    ("Fraktion Heimat und Handel", "Heimat und Handel"),
)
WOMEN = "Miriam Jana Sabine Aylin Katharina Hanna Petra Lena Fatma Birgit Svenja Ulrike Nadine Elif".split()
MEN = "Tobias Henning Murat Jörg Stefan Lukas Günter Emre Ralf Moritz Dirk Paul Holger Bernd".split()
NAMES = (
    "Albers Brückner Cordes Dönhoff Engels Fühler Größer Hagen Ilgen Jansen Köster Lüdenbach Möller Nettekoven"
    " Overath Pützer Quast Rütten Schäfer Tönnes Uhlig Vossen Wülfing Yildirim Zander Öztürk Kaymaz Breuer"
    " Aksoy Bäumer Dresen Esser Flöck"
).split()
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": ""})


@dataclass
class Cast:
    """Who plays in the demo, and the password they share."""

    group: Organization
    lead: Person
    staff: Person
    clerk: Person
    guest: Person
    former: Person
    stranger: Person
    superuser: Person
    delegates: list[Person]
    deputies: list[Person]
    password: str

    def accounts(self) -> list[dict[str, str]]:
        """Role, address, password and name of everybody who can sign in."""
        single = ("lead", "staff", "clerk", "guest", "former", "stranger", "superuser")
        people = [(role, getattr(self, role)) for role in single]
        people[3:3] = [("delegate", person) for person in self.delegates]
        people[9:9] = [("deputy", person) for person in self.deputies]
        return [self.account(role, person) for role, person in people]

    def account(self, role: str, person: Person) -> dict[str, str]:
        """What it takes to sign in as this person."""
        return {"role": role, "email": person.email or "", "password": self.password, "name": person.get_full_name()}


class Casting:
    """Invents persons, one after the other, each name once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.names = rng.sample(NAMES, len(NAMES))
        self.password = f"{rng.choice(('Rathaus', 'Marktplatz', 'Stadtwald'))}-Demo-{rng.randint(1000, 9999)}"
        self.hash = make_password(self.password, salt=f"demo{rng.getrandbits(64):x}")

    def person(self, **fields) -> Person:
        first, last = self._name()
        woman = first in WOMEN
        person = Person.objects.create(
            id=new_id(self.rng),
            first_name=first,
            last_name=last,
            salutation="Frau" if woman else "Herr",
            title=self.rng.choice(["", "", "", "", "", "Dr."]),
            email=f"{first}.{last}@example.org".lower().translate(LETTERS),
            password=self.hash,
            **fields,
        )
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def _name(self) -> tuple[str, str]:
        return self.rng.choice(WOMEN + MEN), self.names.pop()


def body(rng: Random) -> Body:
    """The Kommune, with letterhead and legal texts."""
    return Body.objects.create(
        id=new_id(rng),
        name="Stadt Neuenfels",
        department="Stabsstelle Digitalisierung",
        street="Marktstraße 12",
        postal_code="40899",
        city="Neuenfels",
        telephone="02199 4400",
        email="digitalisierung@example.org",
        website="https://www.example.org/",
        imprint="**Stadt Neuenfels**\n\nMarktstraße 12, 40899 Neuenfels\n\nVertreten durch die Bürgermeisterin.\n\n"
        "Dies ist eine Vorführung mit erfundenen Personen und Vorgängen.",
        privacy="## Wer verantwortlich ist\n\nStadt Neuenfels, Marktstraße 12, 40899 Neuenfels.\n\n"
        "## Welche Daten das Portal verarbeitet\n\nName, Funktion, E-Mail-Adresse, Antworten auf Einladungen und"
        " Kommentare der Mitglieder. Rechtsgrundlage ist Artikel 6 Absatz 1 Buchstabe e DSGVO.\n\n"
        "## Cookies\n\nNur solche, ohne die Anmeldung und Darstellung nicht gehen.",
        accessibility="## Stand\n\nDas Portal ist mit WCAG 2.2 AA vereinbar, soweit sich das maschinell prüfen"
        " lässt.\n\n## Barriere melden\n\nSchreiben Sie an digitalisierung@example.org. Sie erhalten innerhalb von zwei"
        " Wochen eine Antwort.\n\n## Ombudsstelle\n\nOmbudsstelle für barrierefreie Informationstechnik des Landes"
        " Nordrhein-Westfalen.",
    )


def group(rng: Random) -> Organization:
    """The working group, below its Ausschuss, in the present Wahlperiode."""
    term = LegislativeTerm.objects.create(
        id=new_id(rng), name="Wahlperiode 2025 bis 2030", start_date=date(2025, 11, 1)
    )
    committee = Organization.objects.create(
        id=new_id(rng),
        kind=Organization.Kind.COMMITTEE,
        name="Ausschuss für Verwaltung und Digitalisierung",
        short_name="AVD",
        term=term,
    )
    working_group = Organization.objects.create(
        id=new_id(rng),
        kind=Organization.Kind.WORKING_GROUP,
        name="Arbeitskreis Digitalisierung",
        short_name="AK Digital",
        parent=committee,
        term=term,
    )
    RulesOfProcedure.objects.create(id=new_id(rng), organization=working_group, valid_from=date(2025, 11, 1))
    return working_group


def cast(rng: Random, casting: Casting) -> Cast:
    """Everybody, with their memberships; the former delegate left two months ago."""
    working_group = group(rng)
    begin = localdate() - relativedelta(months=13)
    lead, staff, clerk, guest, former, stranger = (casting.person() for _ in range(6))
    superuser = casting.person(is_superuser=True)
    for person, role in ((lead, Role.LEAD), (staff, Role.STAFF), (clerk, Role.CLERK)):
        seat(rng, person, working_group, role, begin)
    delegates, deputies = [], []
    for name, short_name in FRAKTIONEN:
        fraktion = Organization.objects.create(
            id=new_id(rng), kind=Organization.Kind.FRAKTION, name=name, short_name=short_name
        )
        left = localdate() - timedelta(days=60)
        if not delegates:
            seat(rng, former, working_group, Role.DELEGATE, begin, on_behalf_of=fraktion, end_date=left)
        start = begin if delegates else left
        delegates.append(casting.person())
        seat(rng, delegates[-1], working_group, Role.DELEGATE, start, on_behalf_of=fraktion)
        for rank in (1, 2):
            deputies.append(casting.person())
            seat(rng, deputies[-1], working_group, Role.DEPUTY, begin, on_behalf_of=fraktion, rank=rank)
    return Cast(
        working_group, lead, staff, clerk, guest, former, stranger, superuser, delegates, deputies, casting.password
    )


def change_ahead(rng: Random, casting: Casting, cast: Cast) -> None:
    """A deputy leaves in a few weeks, and it is settled who follows."""
    place = cast.deputies[1].memberships.get()
    place.end_date = localdate() + timedelta(days=40)
    place.save(update_fields=["end_date"])
    seat(
        rng,
        casting.person(),
        cast.group,
        Role.DEPUTY,
        place.end_date,
        on_behalf_of=place.on_behalf_of,
        rank=place.rank,
    )


def newcomer(rng: Random, casting: Casting, cast: Cast) -> None:
    """A further deputy, just appointed, who has not come in yet: so the lead sees how an open link looks."""
    person = casting.person()
    person.password = f"{UNUSABLE_PASSWORD_PREFIX}{rng.getrandbits(200):x}"
    person.save()
    fraktion = cast.delegates[-1].memberships.get().on_behalf_of
    place = seat(rng, person, cast.group, Role.DEPUTY, localdate(), on_behalf_of=fraktion, rank=3)
    Invitation.objects.create(
        id=new_id(rng),
        person=person,
        membership=place,
        token_hash=f"{rng.getrandbits(256):064x}",
        expires_at=now() + Invitation.LIFETIME,
    )


def seat(rng: Random, person: Person, organization: Organization, role: str, start: date, **fields) -> Membership:
    """A place in a working group."""
    return Membership.objects.create(
        id=new_id(rng), person=person, organization=organization, role=role, start_date=start, **fields
    )
