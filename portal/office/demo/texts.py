"""What the demo's meetings talk about. Invented throughout; the three topics are those of every installation."""

from dataclasses import dataclass

from portal.meetings.models import Purpose, Visibility
from portal.minutes.models import Outcome

KRZN, OZG, MOBILE = 0, 1, 2  # position in founding.MATTERS
Kind = Outcome.Kind


@dataclass(frozen=True)
class Matter:
    """One agenda item with all that may come of it."""

    title: str
    text: str
    topic: int | None = None
    purpose: str = Purpose.INFORMATION
    visibility: str = Visibility.INTERNAL
    minutes: int = 15
    entry: str = ""
    outcomes: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()  # one that begins with “@ ” is the Verwaltung's answer to the one before


OPENING = Matter(
    "Feststellung der Einladung und der Tagesordnung",
    "",
    visibility=Visibility.PUBLIC,
    minutes=5,
    entry="Die Leitung begrüßt die Anwesenden und stellt fest, dass form- und fristgerecht eingeladen wurde.",
)
NEWS = Matter(
    "Mitteilungen der Verwaltung",
    "",
    minutes=10,
    entry="Die Verwaltung berichtet mündlich. Nachfragen werden beantwortet.",
)
CLOSING = Matter("Verschiedenes und nächster Termin", "", minutes=5, entry="Keine Wortmeldungen.")

AGENDAS: tuple[tuple[Matter, ...], ...] = (
    (
        Matter(
            "Auftrag und Arbeitsweise des Arbeitskreises",
            "Der Rat wünscht einen zeitnahen und intensiven Austausch zwischen Verwaltung und Politik zu allen Fragen"
            " der Digitalisierung. Die Entscheidungen bleiben beim Ausschuss.",
            visibility=Visibility.PUBLIC,
            minutes=20,
            entry="Die Leitung erläutert Auftrag und Arbeitsweise. Der Arbeitskreis gibt Empfehlungen; er entscheidet"
            " nicht selbst. Getagt wird in der Regel am zweiten Dienstag des Monats.",
            outcomes=((Kind.NOTED, "Der Arbeitskreis nimmt die Arbeitsweise zur Kenntnis."),),
        ),
        Matter(
            "Bestandsaufnahme: Welche Leistungen sind online?",
            "Übersicht über die Online-Dienste der Stadt nach Themenfeldern, mit dem **Reifegrad** je Leistung.",
            OZG,
            Purpose.CONSULTATION,
            minutes=30,
            entry="Von den für die Stadt wichtigen Leistungen sind 61 online erreichbar, davon 23 mindestens mit"
            " Reifegrad 3. Am weitesten ist das Themenfeld *Bauen & Wohnen*.",
            outcomes=(
                (Kind.INQUIRY, "Die Verwaltung prüft, welche zehn Leistungen am häufigsten nachgefragt werden."),
            ),
            comments=(
                "Gibt es die Übersicht auch als Tabelle, nach der man sortieren kann?",
                "@ Ja, wir stellen sie bis zur nächsten Sitzung bereit.",
            ),
        ),
    ),
    (
        Matter(
            "KRZN-Vertrag: Leistungen und Ansprechpersonen",
            "Vorstellung der Leistungsscheine und der Wege, auf denen Störungen gemeldet werden.",
            KRZN,
            minutes=30,
            entry="Das Rechenzentrum betreibt Fachverfahren, Netz und Arbeitsplätze. Störungen gehen über die"
            " zentrale Hotline; die Stadt führt eine eigene Liste der offenen Punkte.",
            outcomes=((Kind.NOTED, "Der Arbeitskreis nimmt den Bericht zur Kenntnis."),),
            comments=("Wie lange dauert es im Schnitt, bis eine Störung behoben ist?",),
        ),
        Matter(
            "Kosten des Vertrags 2025 und Ausblick",
            "Aufstellung der Kosten je Leistungsschein. *Bitte vertraulich behandeln.*",
            KRZN,
            Purpose.CONSULTATION,
            Visibility.CONFIDENTIAL,
            minutes=25,
            entry="Die Verwaltung erläutert die Kosten je Leistungsschein und die erwartete Steigerung für das"
            " kommende Jahr. Die Aufstellung bleibt vertraulich.",
            outcomes=(
                (Kind.RECOMMENDATION, "Die Steigerung soll im Haushaltsentwurf mit einem Sperrvermerk stehen."),
                (Kind.DISSENT, "Eine Fraktion hält den Sperrvermerk für unnötig."),
            ),
            comments=("Die Position Netzwerk ist deutlich gestiegen. Woran liegt das?",),
        ),
    ),
    (
        Matter(
            "Mobile Arbeitsplätze: Stand der Ausstattung",
            "Zahl der Notebooks, Zugänge und Telefone; offene Bestellungen.",
            MOBILE,
            minutes=20,
            entry="112 von 180 Büroarbeitsplätzen sind mobil ausgestattet. 30 Geräte sind bestellt, die Lieferung wird"
            " im kommenden Quartal erwartet.",
            outcomes=((Kind.NOTED, "Der Arbeitskreis nimmt den Stand zur Kenntnis."),),
        ),
        Matter(
            "Die zehn am häufigsten nachgefragten Leistungen",
            "Ergebnis des Prüfauftrags aus der ersten Sitzung:\n\n"
            "| Leistung | Anträge im Jahr | Reifegrad |\n|---|---|---|\n| Wohnsitzmeldung | 4.100 | 1 |\n"
            "| Anwohnerparken | 2.350 | 2 |\n| Hundesteuer | 640 | 3 |\n",
            OZG,
            Purpose.RECOMMENDATION,
            minutes=30,
            entry="Die Liste wird beraten. Übereinstimmend werden *Anwohnerparken* und *Wohnsitzmeldung* als dringend"
            " angesehen.",
            outcomes=(
                (
                    Kind.RECOMMENDATION,
                    "Anwohnerparken und Wohnsitzmeldung sollen vorrangig auf Reifegrad 3 gebracht werden.",
                ),
            ),
            comments=(
                "Für unsere Fraktion ist das Anwohnerparken das wichtigste Anliegen. Da melden sich die meisten.",
                "Dem schließen wir uns an.",
                "Bitte auch an die denken, die nicht online gehen. Der Schalter muss bleiben.",
            ),
        ),
    ),
    (
        Matter(
            "Anwohnerparken online: Vorstellung des Dienstes",
            "Das Rechenzentrum zeigt den Dienst, den mehrere Städte schon nutzen.",
            OZG,
            Purpose.CONSULTATION,
            Visibility.PUBLIC,
            minutes=30,
            entry="Der Dienst wird vorgeführt. Die Bezahlung ist eingebunden, der Bescheid kommt als PDF. Offen ist die"
            " Anbindung an das Fachverfahren.",
            outcomes=(
                (Kind.INQUIRY, "Die Verwaltung klärt, was die Anbindung an das Fachverfahren kostet."),
                (Kind.RECOMMENDATION, "Der Dienst soll zum Jahreswechsel in Betrieb gehen."),
            ),
            comments=("Kann man den Ausweis auch auf dem Telefon zeigen?", "@ Das ist vorgesehen, ja."),
        ),
        Matter(
            "Telefon- und Videokonferenzen: Räume und Technik",
            "Welche Räume sind ausgestattet, welche fehlen, was kostet ein Raum?",
            MOBILE,
            minutes=20,
            entry="Vier Räume sind ausgestattet. Für zwei weitere liegt ein Angebot vor.",
            outcomes=((Kind.NOTED, "Der Arbeitskreis nimmt den Bericht zur Kenntnis."),),
        ),
    ),
    (
        Matter(
            "Verfügbarkeit der Fachverfahren im ersten Halbjahr",
            "Auswertung der Störungen nach Dauer und Verfahren.",
            KRZN,
            Purpose.CONSULTATION,
            minutes=25,
            entry="Die vereinbarte Verfügbarkeit wurde in fünf von sechs Monaten erreicht. Der Ausfall im März geht auf"
            " einen Kabelschaden zurück.",
            outcomes=((Kind.INQUIRY, "Die Verwaltung fragt nach einer zweiten Leitung und deren Kosten."),),
            comments=("Eine zweite Leitung wäre uns wichtig, auch wenn sie Geld kostet.",),
        ),
        Matter(
            "Dienstvereinbarung zum mobilen Arbeiten",
            "Eckpunkte des Entwurfs: Anspruch, Erreichbarkeit, Datenschutz, Arbeitsmittel.",
            MOBILE,
            Purpose.CONSULTATION,
            minutes=25,
            entry="Die Eckpunkte finden Zustimmung. Strittig ist, wie viele Tage vor Ort gearbeitet wird.",
            outcomes=(
                (Kind.DISSENT, "Zwei Fraktionen wünschen drei feste Tage vor Ort, die übrigen keine Festlegung."),
            ),
            comments=(
                "Feste Tage machen die Flexibilität wieder zunichte.",
                "Für die Teams braucht es Verlässlichkeit.",
            ),
        ),
    ),
    (
        Matter(
            "Kündigungsfrist und Verlängerung des Vertrags",
            "Der Vertrag verlängert sich um zwei Jahre, wenn er nicht ein Jahr vorher gekündigt wird.",
            KRZN,
            Purpose.RECOMMENDATION,
            Visibility.CONFIDENTIAL,
            minutes=35,
            entry="Die Verwaltung stellt drei Wege vor: Verlängerung, Nachverhandlung, Ausschreibung. Eine Kündigung"
            " wird nicht angestrebt.",
            outcomes=(
                (
                    Kind.RECOMMENDATION,
                    "Über Reaktionszeiten und Preise soll mit dem Rechenzentrum nachverhandelt werden.",
                ),
            ),
            comments=(
                "Wie belastbar sind die Zahlen zur Ausschreibung?",
                "@ Es sind Schätzungen aus zwei Nachbarstädten.",
            ),
        ),
        Matter(
            "Wohnsitzmeldung online: Zeitplan",
            "Der Dienst des Landes steht zur Nachnutzung bereit.",
            OZG,
            minutes=20,
            entry="Der Dienst kann nachgenutzt werden. Die Schulung im Bürgerbüro dauert zwei Tage.",
            outcomes=((Kind.NOTED, "Der Arbeitskreis nimmt den Zeitplan zur Kenntnis."),),
        ),
    ),
)

NAMES_SOMEBODY = "Frau Kessel aus dem Bürgerbüro ist dagegen, das hat sie mir am Telefon gesagt."
WHY_HIDDEN = "Der Kommentar gibt ein persönliches Gespräch mit einer Beschäftigten wieder."

AHEAD: tuple[Matter, ...] = (
    Matter(
        "Anwohnerparken online: erste Erfahrungen",
        "Seit vier Wochen ist der Dienst in Betrieb. Die Verwaltung berichtet über Zahlen und Rückmeldungen:\n\n"
        "- 214 Anträge online, 61 am Schalter\n- mittlere Dauer bis zum Bescheid: **1,5 Tage**\n"
        "- häufigste Frage: Nachweis für Firmenwagen",
        OZG,
        Purpose.CONSULTATION,
        Visibility.PUBLIC,
        minutes=25,
        comments=(
            "Schöne Zahlen! Lässt sich sagen, wie viele abgebrochen haben?",
            "@ Das wertet das Rechenzentrum gerade aus. Wir bringen es in die Sitzung mit.",
            "Bei uns kam die Frage nach einem Ausweis für Pflegedienste auf. Bitte mit aufnehmen.",
        ),
    ),
    Matter(
        "Zweite Leitung zum Rechenzentrum",
        "Angebot für eine zweite, räumlich getrennte Leitung.\n\n"
        "1. Weg A über den Kreis\n2. Weg B über die Stadtwerke\n\nDie Verwaltung bittet um eine Empfehlung.",
        KRZN,
        Purpose.RECOMMENDATION,
        minutes=30,
        comments=("Weg B erscheint uns günstiger, wenn die Stadtwerke ohnehin bauen.",),
    ),
    Matter(
        "Ergebnis der Nachverhandlung",
        "Vertraulicher Bericht über den Stand der Gespräche zu Preisen und Reaktionszeiten.",
        KRZN,
        Purpose.INFORMATION,
        Visibility.CONFIDENTIAL,
        minutes=20,
    ),
    Matter(
        "Videokonferenzen mit Bürgerinnen und Bürgern",
        "Drei Ämter möchten Beratungen per Video anbieten.",
        MOBILE,
        Purpose.CONSULTATION,
        minutes=20,
        comments=("Gibt es dafür auch Termine am Abend?", NAMES_SOMEBODY),
    ),
)
SUPPLEMENT = Matter(
    "Ausfall des Anmeldedienstes vom Wochenende",
    "Der Dienst war von Samstag 14 Uhr bis Sonntag 9 Uhr nicht erreichbar. Das Rechenzentrum legt einen Bericht vor.",
    KRZN,
    Purpose.INFORMATION,
    minutes=5,
)
CONTINUED: tuple[Matter, ...] = (
    Matter("Haushalt: Mittel für Digitalisierung", "Eckwerte des Entwurfs.", None, Purpose.CONSULTATION, minutes=30),
    Matter("Reifegradmodell 2.0: Was ändert sich?", "Vorstellung der dreizehn Kriterien.", OZG, minutes=25),
)
