"""What may be typed to plan several meetings at once, and what comes of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from dateutil.relativedelta import relativedelta
from django import forms
from django.forms.utils import from_current_timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from portal.meetings import almanac, deadlines
from portal.meetings.almanac import Rhythm
from portal.meetings.deadlines import Kind
from portal.meetings.forms.meetings import TimeForm
from portal.meetings.models import Location, Meeting
from portal.members.models import Organization, Person
from portal.ui.templatetags.ui import day as date_words

NTH = [("1", "ersten"), ("2", "zweiten"), ("3", "dritten"), ("4", "vierten"), ("-1", "letzten")]
WEEKDAYS = [
    (str(number), name)
    for number, name in enumerate(
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    )
]
MONTHS = [("1", "jeden Monat"), ("2", "alle zwei Monate"), ("3", "vierteljährlich"), ("6", "halbjährlich")]
LONGEST = relativedelta(years=2)
SOURCES = 30
OF_DAYS = (
    "organization",
    "nth",
    "weekday",
    "months",
    "first",
    "last",
    "starts",
    "ends",
    "skip_breaks",
    "skip_holidays",
)


@dataclass
class Proposal:
    """One day of the series: when, what speaks against it, whether it is proposed, whether it is wanted."""

    day: date
    start: datetime | None
    end: datetime | None
    notes: list[str]
    invite_by: date | None = None
    obstacle: str = ""
    is_proposed: bool = True
    is_chosen: bool = True


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Geben Sie ein Datum ein.", "invalid": "Geben Sie ein Datum wie 26.11.2026 ein."},
    )


def choice(label: str, choices: list[tuple[str, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int)


class SourceField(forms.ModelChoiceField):
    """A meeting whose agenda serves as a pattern."""

    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{meeting.label}, {date_words(meeting.start)}"


class SeriesForm(forms.Form):
    """A rhythm, the hours and the place; `proposals` are the days that it gives."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="Arbeitskreis",
        empty_label="Bitte wählen",
        error_messages={"required": "Wählen Sie den Arbeitskreis."},
    )
    nth = choice("Immer am", NTH)
    weekday = choice("Wochentag", WEEKDAYS)
    months = choice("Wie oft", MONTHS)
    first = day_field("Von")
    last = day_field("Bis")
    starts = TimeForm.base_fields["starts"]
    ends = TimeForm.base_fields["ends"]
    skip_breaks = forms.BooleanField(label="Nicht in den Schulferien", required=False)
    skip_holidays = forms.BooleanField(label="Nicht an gesetzlichen Feiertagen", required=False)
    format = forms.ChoiceField(
        label="Form",
        choices=Meeting.Format.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Wählen Sie die Form der Sitzungen."},
    )
    location = forms.ModelChoiceField(
        Location.objects.all(), label="Ort", required=False, empty_label="Noch offen", help_text="Für alle Sitzungen."
    )
    video_url = forms.URLField(
        label="Adresse der Videokonferenz",
        required=False,
        assume_scheme="https",
        help_text="Nötig bei hybriden und digitalen Sitzungen.",
        error_messages={"invalid": "Geben Sie eine Adresse ein, die mit https:// beginnt."},
    )
    source = SourceField(
        Meeting.objects.none(),
        label="Tagesordnung",
        required=False,
        empty_label="Nur die ständigen Punkte",
        help_text="Oder die Punkte einer Sitzung als Vorlage; öffentliche Punkte sind in den Kopien zunächst intern.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args, groups: list[Organization], reader: Person, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        mine = Meeting.objects.visible_to(reader).filter(organization__in=groups).exclude(state="cancelled")
        newest = mine.order_by("-start").values("pk")[:SOURCES]
        self.fields["source"].queryset = Meeting.objects.filter(pk__in=newest).order_by("-start")
        if len(groups) > 1:
            self.fields["organization"].queryset = Organization.objects.filter(pk__in=[group.pk for group in groups])
        else:
            del self.fields["organization"]

    def clean_first(self) -> date:
        first = self.cleaned_data["first"]
        if first < localdate():
            raise forms.ValidationError("Dieser Tag liegt in der Vergangenheit.")
        return first

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not first <= last <= first + LONGEST:
            self.add_error("last", "Das Ende liegt nach dem Anfang und höchstens zwei Jahre später.")
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "Das Ende muss nach dem Beginn liegen.")
        self._check_place(cleaned)
        source = cleaned.get("source")
        if source and not self.errors and source.organization_id != self.group.pk:
            self.add_error("source", "Diese Sitzung gehört zu einem anderen Arbeitskreis.")
        if self.has_days and not self.days:
            self.add_error("last", "In diesem Zeitraum gibt es keinen solchen Tag.")
        return cleaned

    def _check_place(self, cleaned: dict) -> None:
        if cleaned.get("format") == Meeting.Format.DIGITAL:
            cleaned["location"] = None
        needs_video = cleaned.get("format") in {Meeting.Format.HYBRID, Meeting.Format.DIGITAL}
        if needs_video and not cleaned.get("video_url") and "video_url" not in self.errors:
            self.add_error("video_url", "Geben Sie die Adresse der Videokonferenz ein.")

    @property
    def group(self) -> Organization:
        return self.cleaned_data.get("organization") or self.groups[0]

    @property
    def plan(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in ("format", "location", "video_url")}

    @property
    def days(self) -> list[date]:
        values = self.cleaned_data
        rhythm = Rhythm(values["nth"], values["weekday"], values["months"])
        return almanac.days_of(rhythm, values["first"], values["last"])

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Each day of the rhythm; what is to be skipped, or cannot be, is not chosen."""
        found = [self._proposal(day) for day in self.days]
        starts = [proposal.start for proposal in found]
        others = Meeting.objects.filter(organization=self.group, start__in=starts).exclude(state="cancelled")
        taken = {meeting.start: meeting for meeting in others}
        for proposal in found:
            if other := taken.get(proposal.start):
                proposal.obstacle = f"Zu dieser Zeit steht schon die {other.label} im Kalender."
            proposal.is_proposed = proposal.is_chosen = proposal.is_proposed and not proposal.obstacle
        return found

    def tick(self, days: Collection[str], proposed: Collection[str]) -> None:
        """Keep what was ticked: in the same list all of it, else what differs from what that list had proposed."""
        is_same = self.is_as_seen
        for proposal in self.proposals:
            day = proposal.day.isoformat()
            if is_same:
                proposal.is_chosen = day in days and proposal.start is not None
            elif not proposal.obstacle and (day in days) != (day in proposed):
                proposal.is_chosen = day in days

    def _proposal(self, day: date) -> Proposal:
        values = self.cleaned_data
        skipped = (values["skip_breaks"] and almanac.school_break(day) is not None) or (
            values["skip_holidays"] and bool(almanac.public_holiday(day))
        )
        try:
            start, end = (from_current_timezone(datetime.combine(day, values[name])) for name in ("starts", "ends"))
        except forms.ValidationError:
            return Proposal(day, None, None, almanac.notes_on(day), obstacle="Diese Uhrzeit gibt es an dem Tag nicht.")
        meeting = Meeting(start=start, end=end)
        frist = deadlines.before(Kind.INVITATION, meeting, self.group.rules_history, localdate())
        return Proposal(day, start, end, almanac.notes_on(day), frist.last_day, is_proposed=not skipped)

    @property
    def has_days(self) -> bool:
        """Whether all that the days follow from is right; something else may be wrong."""
        return self.is_bound and all(name in self.cleaned_data for name in OF_DAYS if name in self.fields)

    @property
    def is_as_seen(self) -> bool:
        """Whether the days are those of the list that was on the screen."""
        return self.has_days and self.cleaned_data.get("seen") == self.sign

    @property
    def sign(self) -> str:
        """A short sign of what the list of days was made from, to notice when it has changed since."""
        values = [self.cleaned_data[name] for name in ("starts", "ends", "skip_breaks", "skip_holidays")]
        return sha256(repr([self.group.pk, self.days, values]).encode()).hexdigest()[:16]


def usual(last_meeting: Meeting | None) -> dict[str, object]:
    """What the form proposes: until the end of the year, or of the next one when this one is nearly over."""
    today = localdate()
    year = today.year if today.month < 10 else today.year + 1
    proposed: dict[str, object] = {
        "first": max(today + timedelta(days=1), date(year, 1, 1)),
        "last": date(year, 12, 31),
    }
    proposed |= {"skip_breaks": True, "skip_holidays": True, "format": Meeting.Format.PRESENCE, "months": 1}
    if last_meeting:
        hours = TimeForm.initial_of(last_meeting)
        week = (hours["day"].day - 1) // 7 + 1
        proposed |= {"nth": week if week < 5 else -1, "weekday": hours["day"].weekday()}
        proposed |= {"starts": hours["starts"], "ends": hours["ends"], "format": last_meeting.format}
        proposed |= {"location": last_meeting.location_id, "video_url": last_meeting.video_url}
    return proposed
