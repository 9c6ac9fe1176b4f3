"""Documents to set: one believable meeting, in any length. Used by the tests and by `make bench`."""

from portal.pdf.shapes import (
    Attendee,
    Einladung,
    InvitationItem,
    Letterhead,
    MinutesItem,
    Niederschrift,
    Outcome,
    ProofRow,
    Zustellnachweis,
)

TIMESTAMP = 1_795_700_000

LETTERHEAD: Letterhead = {
    "name": "Stadt Erlenau",
    "department": "Stabsstelle Digitalisierung",
    "street": "Rathausplatz 1",
    "postal_code": "49990",
    "city": "Erlenau",
    "telephone": "05999 123-450",
    "email": "digitalisierung@erlenau.example.org",
    "website": "https://www.erlenau.example.org/",
}

TITLES = (
    ("Feststellung der ordnungsgemäßen Einladung", ""),
    ("Digitale Antragstellung in der Kindertagesbetreuung: Sachstand und weiteres Vorgehen", "Digitale Verwaltung"),
    ("Vertrag über die Nutzung des Rechenzentrums", "Verträge"),
    ("Kennzahlen zur Umsetzung des Onlinezugangsgesetzes", "Onlinezugangsgesetz"),
    ("Barrierefreiheit des städtischen Internetauftritts", "Digitale Verwaltung"),
    ("Schulungsbedarf in den Fachämtern", "Digitale Verwaltung"),
    ("Mitteilungen der Verwaltung", ""),
    ("Verschiedenes", ""),
)

TEXT = """\
Herr Öztürk berichtet über den **Sachstand der Kindertagesstättenbedarfsplanung**. Die Straßenverkehrsbehörde habe \
ihre Verwaltungsverfahren im Herbst umgestellt; die Bearbeitungsdauer sei von 14 auf 6 Tage gesunken. Auf Nachfrage \
von Frau Dr. Albers wird erläutert, dass die Rückmeldungen der Bürgerinnen und Bürger überwiegend positiv ausfallen.

In der Aussprache werden folgende Punkte genannt:

- Die Übergangsfrist für Papieranträge endet am 31. Dezember.
- Für Menschen ohne eigenes Gerät bleibt das Bürgerbüro geöffnet:
    1. montags bis mittwochs von 8 bis 16 Uhr,
    2. donnerstags von 8 bis 18 Uhr.
- Die Kosten je Fall sollen *vierteljährlich* berichtet werden.

#### Zahlen zum Stand

| Leistung | Anträge | davon online |
| :--- | ---: | ---: |
| Wohngeld | 1.204 | 61 % |
| Anmeldung in der Kindertagesstätte | 388 | 84 % |
| Sondernutzung öffentlicher Flächen | 97 | 22 % |

> „Wir wollen niemanden verlieren, der den Weg ins Rathaus lieber persönlich geht.“

Weitere Unterlagen stehen unter [www.erlenau.example.org/digital](https://www.erlenau.example.org/digital).
"""

OPENING = "Die Leitung stellt fest, dass form- und fristgerecht eingeladen wurde."

RECOMMENDATION: Outcome = {
    "kind": "recommendation",
    "label": "Empfehlung",
    "text": "Der Arbeitskreis empfiehlt dem Ausschuss, die digitale Antragstellung bis zum Schuljahr 2027/2028 auf "
    "alle Kindertagesstätten auszuweiten und dafür **40.000 Euro** vorzusehen.",
}
INQUIRY: Outcome = {
    "kind": "inquiry",
    "label": "Prüfauftrag",
    "text": "Die Verwaltung prüft bis zur nächsten Sitzung,\n\n- ob das Verfahren auch für freie Träger offensteht,\n"
    "- welche Schnittstellen dafür fehlen.",
}
NOTED: Outcome = {"kind": "noted", "label": "Kenntnisnahme", "text": "Der Bericht wird zur Kenntnis genommen."}
DISSENT: Outcome = {
    "kind": "dissent",
    "label": "Dissens",
    "text": "Die Fraktion Freie Liste Erlenau hält den Zeitplan für zu knapp und regt eine Verlängerung um ein "
    "Jahr an.",
}
OUTCOMES: tuple[list[Outcome], ...] = (
    [NOTED],
    [RECOMMENDATION, DISSENT],
    [],
    [INQUIRY],
    [RECOMMENDATION],
    [NOTED],
    [],
    [],
)

ATTENDANCE: tuple[tuple[str, str, str, str, str], ...] = (
    ("Frau Dr. Henrike Albers", "Leitung", "anwesend", "", ""),
    ("Herr Emre Öztürk", "Stabsstelle Digitalisierung", "anwesend", "", ""),
    ("Frau Jördis Groß", "Schriftführung", "anwesend", "", ""),
    ("Herr Łukasz Wiśniewski", "Bürgerunion Erlenau", "anwesend", "ab 18:45 Uhr", ""),
    ("Frau Mária Kovács", "Soziale Fraktion", "per Video", "", "Herrn Thòmas Lübbers"),
    ("Herr Jan-Ole Süß", "Grüne Liste", "anwesend", "bis 19:30 Uhr", ""),
    ("Frau Nguyễn Thị Hương", "Freie Liste Erlenau", "entschuldigt", "", ""),
    ("Herr Prof. Dr. Ansgar Weißenfels", "Gast (Rechenzentrum)", "anwesend", "18:15–18:50 Uhr", ""),
)


def attendees() -> list[Attendee]:
    """Who was there."""
    return [
        {"name": name, "seat": seat, "presence": presence, "period": period, "in_place_of": in_place_of}
        for name, seat, presence, period, in_place_of in ATTENDANCE
    ]


def item(index: int, text: str) -> MinutesItem:
    """One agenda item with its outcomes."""
    title, topic = TITLES[index % len(TITLES)]
    return {
        "number": str(index + 1),
        "title": title,
        "topic": topic,
        "visibility": ("öffentlich", "öffentlich", "vertraulich", "intern")[index % 4],
        "supplement": index % 8 == 5,
        "recused": "Frau Nguyễn Thị Hương" if index == 2 else "",
        "text": text,
        "outcomes": OUTCOMES[index % len(OUTCOMES)],
    }


def sample(pages: int) -> Niederschrift:
    """Build a Niederschrift of at least so many pages."""
    count, length = (3, 1) if pages <= 3 else (round(pages / 1.35), 3)
    texts = [OPENING, *["\n".join([TEXT] * length)] * (count - 1)]
    return {
        "letterhead": LETTERHEAD,
        "group": "Arbeitskreis Digitalisierung",
        "title": "Niederschrift über die 3. Sitzung 2026 des Arbeitskreises Digitalisierung",
        "draft": False,
        "date": "Donnerstag, 26. November 2026",
        "start": "18:00 Uhr",
        "end": "20:05 Uhr",
        "place": "Rathaus, Sitzungssaal 2, und per Videokonferenz",
        "lead": "Frau Dr. Henrike Albers",
        "clerk": "Frau Jördis Groß",
        "attendance": attendees(),
        "remarks": "Die Leitung eröffnet die Sitzung und begrüßt die Anwesenden. Änderungen zur Tagesordnung werden "
        "nicht gewünscht.",
        "items": [item(index, text) for index, text in enumerate(texts)],
        "closing": "Die Leitung dankt für die Beiträge und schließt die Sitzung um 20:05 Uhr.",
        "signatures": [
            {"name": "Frau Dr. Henrike Albers", "role": "Leitung"},
            {"name": "Frau Jördis Groß", "role": "Schriftführung"},
        ],
        "note": "Im Portal abgeschlossen am 3. Dezember 2026 um 09:12 Uhr durch Frau Jördis Groß.",
    }


def line(index: int) -> InvitationItem:
    """One line of the agenda."""
    hidden = index == 2
    return {
        "number": str(index + 1),
        "title": f"TOP {index + 1} (vertraulich)" if hidden else TITLES[index][0],
        "purpose": "" if hidden else ("Information", "Beratung", "Empfehlung")[index % 3],
        "presenter": "" if hidden else "Herr Öztürk",
        "minutes": None if hidden else 5 + 10 * (index % 4),
        "supplement": index == 5,
    }


def proof() -> Zustellnachweis:
    """Build a Zustellnachweis of two revisions, with every kind of row."""
    rows: list[ProofRow] = [
        {
            "name": name,
            "what": f"Einladung an person{index}@erlenau.example.org",
            "written": "12.11.2026, 09:12 Uhr",
            "handed": ("12.11.2026, 09:13 Uhr", "nicht zustellbar", "wartet")[index % 3],
            "server": ("250 2.0.0 Ok: queued as 4F2kq1", "Der Mailserver lehnt die Nachricht ab: 550 5.1.1", "")[
                index % 3
            ],
            "opened": "noch nicht" if index % 2 else "13.11.2026, 20:41 Uhr (über den Link)",
            "answered": "noch nicht" if index % 2 else "13.11.2026, 20:42 Uhr: Zugesagt",
            "otherwise": "per Brief, 14.11.2026, 10:00 Uhr, vermerkt von Frau Groß am 14.11.2026, 10:02 Uhr"
            if index == 1
            else "",
        }
        for index, (name, *_) in enumerate(ATTENDANCE)
    ]
    sent = "verschickt am 12.11.2026, 09:12 Uhr, durch Frau Dr. Henrike Albers"
    return {
        "letterhead": LETTERHEAD,
        "group": "Arbeitskreis Digitalisierung",
        "title": "Zustellnachweis zur 3. Sitzung 2026 des Arbeitskreises Digitalisierung",
        "date": "Donnerstag, 26. November 2026",
        "time": "18:00 bis etwa 20:00 Uhr",
        "place": "Rathaus, Sitzungssaal 2",
        "issued": "26. November 2026, 09:12 Uhr, durch Frau Jördis Groß",
        "issues": [{"title": f"{number}. Fassung", "sent": sent, "rows": rows} for number in (2, 1)],
    }


def invitation() -> Einladung:
    """Build an Einladung of one page and a bit."""
    return {
        "letterhead": LETTERHEAD,
        "group": "Arbeitskreis Digitalisierung",
        "title": "Einladung zur 3. Sitzung 2026 des Arbeitskreises Digitalisierung",
        "issued": "12. November 2026",
        "version_note": "",
        "date": "Donnerstag, 26. November 2026",
        "time": "18:00 bis etwa 20:00 Uhr",
        "place": "Rathaus, Sitzungssaal 2, Rathausplatz 1, 49990 Erlenau",
        "format": "hybrid",
        "video_url": "https://video.example.org/erlenau/arbeitskreis",
        "intro": "Die Unterlagen zu den Tagesordnungspunkten liegen im Portal bereit.",
        "items": [line(index) for index in range(8)],
        "late_reason": "",
        "supplement_reason": "",
        "signature": {"name": "Dr. Henrike Albers", "role": "Leitung des Arbeitskreises"},
        "answer_url": "https://arbeitskreis.example.org/sitzungen/0b6f8a52-6f0e-4b5d-9d0c-0f5a8f5f3a11/",
        "answer_by": "Montag, 23. November 2026",
    }
