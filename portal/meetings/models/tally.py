"""How a date poll stands: who can come when, and which date suits best. Nothing is stored here."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from portal.meetings.models.poll import DateAnswer, DateOption, DatePoll, DateVoice

Choice = DateAnswer.Choice
OPEN = ""  # no answer to this date


@dataclass(frozen=True)
class Standing:
    """One date, and who says what to it."""

    option: DateOption
    yes: list[DateVoice]
    maybe: list[DateVoice]
    no: list[DateVoice]
    open: list[DateVoice]

    @cached_property
    def represented(self) -> int:
        """How many Fraktionen would sit at the table."""
        return len({voice.on_behalf_of_id for voice in (*self.yes, *self.maybe) if voice.on_behalf_of_id})

    @property
    def worth(self) -> tuple[int, int, int]:
        """The larger the better: Fraktionen, then clear answers, then the fewest who would have to make room."""
        return self.represented, len(self.yes), -len(self.maybe)

    @property
    def parts(self) -> list[tuple[str, str, list[DateVoice]]]:
        """The answers as a list shows them: choice, its name, whose."""
        told = ((Choice.YES, self.yes), (Choice.MAYBE, self.maybe), (Choice.NO, self.no))
        return [(choice, str(choice.label), said) for choice, said in told] + [(OPEN, "Offen", self.open)]


@dataclass(frozen=True)
class Tally:
    """All dates in their order, everybody who is asked, and what follows from the answers."""

    voices: list[DateVoice]
    standings: list[Standing]
    rows: list[tuple[DateVoice, list[tuple[Standing, str]]]]

    @cached_property
    def fraktionen(self) -> int:
        """How many Fraktionen are asked."""
        return len({voice.on_behalf_of_id for voice in self.voices if voice.on_behalf_of_id})

    @cached_property
    def answered(self) -> int:
        return sum(voice.has_answered for voice in self.voices)

    @cached_property
    def ranking(self) -> list[Standing]:
        """The dates ahead to which somebody could come, the best first; equal ones by time."""
        possible = [one for one in self.standings if one.option.is_ahead and (one.yes or one.maybe)]
        return sorted(possible, key=lambda one: one.worth, reverse=True)

    @property
    def best(self) -> Standing | None:
        return self.ranking[0] if self.ranking else None

    @cached_property
    def reason(self) -> str:
        """Why the best date is the best, as the rest of a sentence."""
        if len(self.ranking) < 2:
            return "weil nur zu diesem Termin jemand kommen kann"
        best, next_best = self.ranking[:2]
        fraktionen = f"{best.represented} von {self.fraktionen}"
        if best.represented > next_best.represented:
            return f"weil dann die meisten Fraktionen vertreten sind ({fraktionen})"
        if len(best.yes) > len(next_best.yes):
            return f"weil bei gleich vielen Fraktionen ({fraktionen}) die meisten mit Ja antworten ({len(best.yes)})"
        if len(best.maybe) < len(next_best.maybe):
            return "weil bei gleich vielen Fraktionen und Zusagen die wenigsten nur kommen, wenn es nötig ist"
        return "weil er bei gleichen Antworten der früheste ist"


def tally_of(poll: DatePoll) -> Tally:
    """Count the answers: of a poll that is open, those of today's members; of one that is over, as it was counted."""
    asked = poll.voices if poll.state != DatePoll.State.OPEN else poll.voices.belonging()
    voices = list(asked.select_related("person", "on_behalf_of").order_by("person__sort_key"))
    options = list(poll.options.all())
    said = _said(poll)
    standings = [Standing(option, *_split(option, voices, said)) for option in options]
    rows = [(voice, [(one, said.get((voice.pk, one.option.pk), OPEN)) for one in standings]) for voice in voices]
    return Tally(voices, standings, rows)


def _said(poll: DatePoll) -> dict[tuple[UUID, UUID], str]:
    answers = DateAnswer.objects.filter(option__poll=poll).values_list("voice", "option", "choice")
    return {(voice, option): choice for voice, option, choice in answers}


def _split(
    option: DateOption, voices: list[DateVoice], said: dict[tuple[UUID, UUID], str]
) -> tuple[list[DateVoice], list[DateVoice], list[DateVoice], list[DateVoice]]:
    """Those who say yes, if need be, no, and nothing."""
    parts: dict[str, list[DateVoice]] = {Choice.YES: [], Choice.MAYBE: [], Choice.NO: [], OPEN: []}
    for voice in voices:
        parts[said.get((voice.pk, option.pk), OPEN)].append(voice)
    return parts[Choice.YES], parts[Choice.MAYBE], parts[Choice.NO], parts[OPEN]
