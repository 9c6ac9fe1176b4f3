"""Several at the same second: whatever the order, one seat is never asked for twice and never taken by two."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.meetings.actions.seats import Represented
from portal.meetings.models import Attendance, SeatStep
from portal.meetings.tasks import tend_seats
from tests.meetings.letters import mails
from tests.meetings.seating import pass_on, says, seat
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (PermissionDenied, Represented)


def refused_of(*acts):
    """Do all of it at the same moment; gives what was refused, and lets nothing else pass."""
    errors = [outcome for outcome in at_once(*acts) if isinstance(outcome, Exception)]
    assert not [error for error in errors if not isinstance(error, REFUSALS)]
    return [type(error) for error in errors]


def holders(meeting):
    """Who would sit down: the delegate who comes, or a deputy who has said yes."""
    rows = meeting.attendances.filter(invited_at__isnull=False, answer="accepted", on_behalf_of__short_name="Mitte")
    return [row.person.last_name for row in rows.select_related("person")]


def kinds():
    return list(SeatStep.objects.values_list("kind", flat=True))


def test_many_clicks_ask_one_deputy_once(asked, meeting, delegate, deputy):
    assert refused_of(*[lambda: pass_on(meeting, delegate)] * 8) == []
    assert kinds() == ["declined", "passed_on", "asked"]
    assert [mail.to for mail in mails()] == [deputy.email]


@pytest.mark.parametrize("turn", range(3))
def test_delegate_and_deputy_say_yes_at_the_same_second(asked, meeting, delegate, deputy, turn):
    pass_on(meeting, delegate)
    refused = refused_of(lambda: says(meeting, delegate, "accepted"), lambda: says(meeting, deputy, "accepted"))
    assert (holders(meeting), refused) in (
        ([delegate.last_name], [PermissionDenied]),
        ([deputy.last_name], [Represented]),
    )


@pytest.mark.parametrize("turn", range(3))
def test_deputy_answers_while_the_timetable_closes_the_question(
    asked, meeting, delegate, deputy, second, fraktion, turn
):
    pass_on(meeting, delegate)
    Attendance.objects.filter(person=deputy).update(answer_by=timezone.now())
    refused_of(lambda: says(meeting, deputy, "accepted"), tend_seats, tend_seats)
    found = seat(meeting, fraktion).called_in
    assert (found.person.last_name, found.answer) in ((deputy.last_name, "accepted"), (second.last_name, ""))
    assert kinds()[3:] in (["accepted"], ["silent", "asked"])


def test_two_deputies_answer_at_once(asked, meeting, lead, delegate, deputy, second, fraktion):
    """One has just been passed over, the other has just been asked."""
    pass_on(meeting, delegate)
    Attendance.objects.filter(person=deputy).update(answer_by=timezone.now())
    tend_seats()
    refused = refused_of(lambda: says(meeting, deputy, "accepted"), lambda: says(meeting, second, "accepted"))
    assert (holders(meeting), refused) == ([second.last_name], [PermissionDenied])
