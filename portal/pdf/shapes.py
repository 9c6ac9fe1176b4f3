"""What each template is given: everything that gets printed arrives as German text, ready to be set.

Dates and times are already worded ("Donnerstag, 26. November 2026", "18:30 Uhr"); "" or an empty list means "leave it
out". Only the fields marked as Markdown are read as such, all other strings are set letter by letter. The marks
(`Annotated`) also tell `clean.py` what to do with a field; a caller passes plain strings.
"""

from typing import Annotated, Literal, NamedTuple, TypedDict


class Markdown(NamedTuple):
    """Mark of a Markdown source: the level its headings start at."""

    base: int


class Line(NamedTuple):
    """Mark of a heading or title: how many characters it may have, and whether it must be there."""

    limit: int
    required: bool = False


class Url(NamedTuple):
    """Mark of an address that becomes a link if it is a web address."""


ItemText = Annotated[str, Markdown(base=4)]
SectionText = Annotated[str, Markdown(base=3)]
LetterText = Annotated[str, Markdown(base=2)]
Title = Annotated[str, Line(limit=300, required=True)]
Heading = Annotated[str, Line(limit=500)]
Address = Annotated[str, Url()]

OutcomeKind = Literal["recommendation", "inquiry", "noted", "dissent"]


class Letterhead(TypedDict):
    """The sender: the fields of Body, as they are."""

    name: str
    department: str
    street: str
    postal_code: str
    city: str
    telephone: str
    email: str
    website: Address


class Signature(TypedDict):
    """A line to sign on."""

    name: str  # "Frau Dr. Albers"
    role: str  # "Leitung", "Schriftführung"


class Attendee(TypedDict):
    """A row of the attendance table."""

    name: str  # "Frau Dr. Albers"
    seat: str  # Fraktion or function: "Bündnis 90/Die Grünen", "Leitung", "Gast"
    presence: str  # "anwesend", "per Video", "entschuldigt", "nicht anwesend"
    period: str  # "" for the whole meeting, else "ab 18:45 Uhr", "bis 19:30 Uhr", "18:45–19:30 Uhr"
    in_place_of: str  # "Herrn Kaya"; printed as "in Vertretung für Herrn Kaya"


class Outcome(TypedDict):
    """A result in its box; `kind` only chooses the look, `label` is what is printed."""

    kind: OutcomeKind
    label: str  # "Empfehlung", "Prüfauftrag", "Kenntnisnahme", "Dissens"
    text: ItemText


class MinutesItem(TypedDict):
    """One agenda item with what was said and what came of it."""

    number: str  # "1", "2.1"
    title: Heading
    topic: str
    visibility: str  # "öffentlich", "intern", "vertraulich"
    supplement: bool  # came as a Nachtrag
    recused: str  # who took no part because of Befangenheit: "Frau Dr. Albers, Herr Kaya"
    text: ItemText
    outcomes: list[Outcome]


class Niederschrift(TypedDict):
    """Data of the template "niederschrift"."""

    letterhead: Letterhead
    group: str  # "Arbeitskreis Digitalisierung"
    title: Title  # "Niederschrift über die 3. Sitzung 2026 des Arbeitskreises Digitalisierung"; required
    draft: bool
    date: str
    start: str
    end: str
    place: str
    lead: str
    clerk: str
    attendance: list[Attendee]
    remarks: SectionText
    items: list[MinutesItem]
    closing: str  # "Die Leitung schließt die Sitzung um 20:05 Uhr."
    signatures: list[Signature]
    note: str  # small print under the signatures: "Im Portal abgeschlossen am … durch …"


class InvitationItem(TypedDict):
    """One line of the agenda; a confidential one comes with the title "TOP 4 (vertraulich)" and nothing else."""

    number: str
    title: str
    purpose: str  # "Information", "Beratung", "Empfehlung"
    presenter: str
    minutes: int | None
    supplement: bool  # came as a Nachtrag


class Einladung(TypedDict):
    """Data of the template "einladung"."""

    letterhead: Letterhead
    group: str  # "Arbeitskreis Digitalisierung"
    title: Title  # "Einladung zur 3. Sitzung 2026 des Arbeitskreises Digitalisierung"; required
    issued: str  # date of the letter: "12. November 2026"
    version_note: str  # of a changed invitation: "2. Fassung: Die Sitzung beginnt eine Stunde später."
    date: str
    time: str  # "18:00 bis etwa 20:00 Uhr"
    place: str
    format: str  # "Präsenz", "hybrid", "digital"
    video_url: Address
    intro: LetterText
    items: list[InvitationItem]
    late_reason: str  # why the Ladungsfrist could not be kept; printed with the words around it
    supplement_reason: str  # why items came after the Frist for a Nachtrag; printed likewise
    signature: Signature
    answer_url: Address  # page of the meeting in the portal
    answer_by: str  # "Montag, 23. November 2026"


class ProofRow(TypedDict):
    """One letter to one person; times are worded, "" where it has not come so far."""

    name: str
    what: str  # "Einladung an anne@example.org"
    written: str  # "12.11.2026, 09:12 Uhr"
    handed: str  # the time, or why not
    server: str  # the answer of the mail server, or the reason
    opened: str
    answered: str
    otherwise: str  # "per Brief, 13.11.2026, 10:00 Uhr, vermerkt von Frau Groß am 13.11.2026, 10:02 Uhr"


class ProofIssue(TypedDict):
    """All letters of one revision."""

    title: Heading  # "2. Fassung"
    sent: str  # "verschickt am 12. November 2026, 09:12 Uhr, durch Frau Dr. Albers"
    rows: list[ProofRow]


class Zustellnachweis(TypedDict):
    """Data of the template "zustellnachweis"."""

    letterhead: Letterhead
    group: str
    title: Title  # "Zustellnachweis zur 3. Sitzung 2026 des Arbeitskreises Digitalisierung"; required
    date: str
    time: str
    place: str
    issued: str  # "26. November 2026, 09:12 Uhr, durch Frau Groß"
    issues: list[ProofIssue]
