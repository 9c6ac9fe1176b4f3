"""What the Zustellnachweis of the demo's earlier meetings holds."""

from datetime import timedelta
from random import Random

from portal.meetings.models import Attendance, Delivery, Meeting
from portal.members.models import Person
from portal.office.demo.ids import new_id

TAKEN = "250 2.0.0 Ok: queued as {}"
RETURNED = "Das Postfach ist voll. 552 5.2.2 mailbox full"


def deliver(rng: Random, meeting: Meeting, *, noted_by: Person) -> None:
    """The letters of the first revision, dated back; one came back, and the person was called."""
    rows = list(meeting.attendances.select_related("person").order_by("person__sort_key"))
    unlucky = rng.choice([row for row in rows if row.person != noted_by])
    letters = [_letter(rng, meeting, row) for row in rows]
    for letter in letters:
        if letter.person == unlucky.person:
            _come_back(letter, noted_by)
    Delivery.objects.bulk_create(letters)
    Delivery.objects.filter(meeting=meeting).update(written_at=meeting.invited_at)


def _letter(rng: Random, meeting: Meeting, row: Attendance) -> Delivery:
    handed_at = meeting.invited_at + timedelta(seconds=rng.randint(5, 90))
    answered_at = row.answered_at if row.answered_at and row.answered_at > handed_at else None
    return Delivery(
        id=new_id(rng),
        key=f"invitation:{meeting.pk}:1:{row.person_id}",
        meeting=meeting,
        person=row.person,
        kind="Einladung",
        revision=1,
        sequence=0,
        start=meeting.start,
        message=new_id(rng),
        address=row.person.email or "",
        handed_at=handed_at,
        server_answer=TAKEN.format(f"{rng.getrandbits(40):X}"),
        opened_at=answered_at and answered_at - timedelta(minutes=rng.randint(1, 40)),
        answered_at=answered_at,
        answer=row.answer if answered_at else "",
    )


def _come_back(letter: Delivery, noted_by: Person) -> None:
    letter.returned_at, letter.return_reason = letter.handed_at + timedelta(minutes=3), RETURNED
    letter.opened_at = letter.answered_at = None
    letter.answer = ""
    letter.way, letter.remark = Delivery.Way.PHONE, "Termin telefonisch durchgegeben"
    letter.told_at = letter.handed_at + timedelta(hours=5)
    letter.noted_at, letter.noted_by = letter.told_at + timedelta(minutes=4), noted_by
