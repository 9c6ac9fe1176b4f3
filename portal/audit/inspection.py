"""Reads the whole trail again and says what does not fit: changed, missing, moved, added or cut off."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from portal.audit import chain
from portal.audit.models import Head, Inspection, Line
from portal.audit.seal import commit_to, known_keys, link, seal

LATE = timedelta(minutes=5)
CHUNK = 2000


def inspect(*, noted: Iterable[chain.Anchor] = ()) -> Inspection:
    """Examine everything and keep the result for the pages that show it."""
    reader = Reader(noted)
    findings = list(reader.findings())
    result = Inspection(
        pk=1, lines=reader.lines, findings=len(findings), first_finding=findings[0][:300] if findings else ""
    )
    result.save()
    return result


class Reader:
    """Goes through the trail once; counts the lines on the way."""

    def __init__(self, noted: Iterable[chain.Anchor] = ()) -> None:
        self.noted = list(noted)
        self.lines = 0
        self.keys = known_keys()
        self.digests: dict[int, str] = {}

    def findings(self) -> Iterator[str]:
        """One German sentence for each place where something is wrong."""
        anchors = [*self.noted, self._end()]  # before the lines: what is anchored now must be among them
        try:
            anchors += chain.kept_anchors()
        except (ValueError, KeyError, TypeError):
            yield f"Eine Datei in {chain.folder()} ist beschädigt."
        wanted = {known.sequence for known in anchors}
        yield from self._chained(wanted)
        yield from self._loose()
        yield from self._doubled()
        yield from self._cut_off(anchors)

    def _end(self) -> chain.Anchor:
        head = Head.objects.filter(pk=1).first() or Head()
        return chain.Anchor(head.sequence, head.digest)

    def _chained(self, wanted: set[int]) -> Iterator[str]:
        """From the first line to the last: each number once, each line as sealed, each tied to the one before."""
        expected, previous = 1, ""
        for line in Line.objects.exclude(sequence=None).order_by("sequence").iterator(CHUNK):
            self.lines += 1
            place = f"Zeile {line.sequence} ({_when(line)})"
            if line.sequence != expected:
                yield f"Vor Zeile {line.sequence} fehlt etwas: {expected} wäre die nächste Nummer."
            if not self._is_tied(line, previous):
                yield f"{place} hängt nicht an der vorigen: verschoben, ersetzt oder vor ihr fehlen Zeilen."
            yield from self._altered(line, place)
            if line.sequence in wanted:
                self.digests[line.sequence] = line.digest
            expected, previous = line.sequence + 1, line.digest

    def _loose(self) -> Iterator[str]:
        """Lines that wait for the chain: sealed already, and not for long."""
        late = timezone.now() - LATE
        for line in Line.objects.filter(sequence=None).order_by("pk").iterator(CHUNK):
            self.lines += 1
            place = f"Noch nicht verkettete Zeile mit der Kennung {line.pk} ({_when(line)})"
            yield from self._altered(line, place)
            if line.at < late:
                yield f"{place} wartet zu lange. Läuft der Hintergrunddienst?"

    def _doubled(self) -> Iterator[str]:
        """A line written a second time has the seal of the first."""
        twice = Line.objects.values("seal").annotate(times=Count("pk")).filter(times__gt=1).order_by("seal")
        for row in twice.values_list("times", flat=True):
            yield f"Eine Zeile steht {row}-mal im Verlauf."

    def _cut_off(self, anchors: Iterable[chain.Anchor]) -> Iterator[str]:
        for known in anchors:
            if known.sequence and self.digests.get(known.sequence) != known.digest:
                yield f"Zeile {known.sequence} fehlt oder ist nicht die, die als Ende der Kette festgehalten ist."
        last = Line.objects.exclude(sequence=None).order_by("-sequence").first()
        if last and self._end().sequence < last.sequence:
            yield "Das Ende der Kette ist nicht festgehalten oder zurückgesetzt worden."

    def _is_tied(self, line: Line, previous: str) -> bool:
        return any(
            line.digest == link(line, sequence=line.sequence or 0, previous=previous, key=key) for key in self.keys
        )

    def _altered(self, line: Line, place: str) -> Iterator[str]:
        if all(line.seal != seal(line, key) for key in self.keys):
            yield f"{place} sagt etwas anderes, als geschrieben wurde, oder wurde am Portal vorbei eingefügt."
        if line.address and line.address_digest != commit_to(line.address, line.address_salt):
            yield f"{place} nennt eine andere IP-Adresse, als geschrieben wurde."


def _when(line: Line) -> str:
    return f"{timezone.localtime(line.at):%d.%m.%Y %H:%M}"
