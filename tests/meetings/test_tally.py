"""Which date is recommended, and why."""

import pytest
from django.utils import timezone

from portal.meetings.models import tally_of
from portal.members.models import Role
from tests.cast import appointed
from tests.factories import DatePollFactory
from tests.meetings.polling import end_of_all, option, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(group):
    return [appointed(f"Amt{number}", Role.STAFF, group) for number in range(3)]


@pytest.fixture
def poll(group, delegate, other_delegate, office):
    return DatePollFactory(organization=group, days=(21, 28, 35), asked=[delegate, other_delegate, *office])


def advice(poll):
    """The place of the best date, and the reason."""
    tally = tally_of(poll)
    place = [one.option.pk for one in tally.standings].index(tally.best.option.pk) + 1 if tally.best else 0
    return place, tally.reason


def test_most_fraktionen_come_first_even_against_more_people(poll, delegate, other_delegate, office):
    for person in office:
        says(poll, person, "yes", "no")
    for person in (delegate, other_delegate):
        says(poll, person, "no", "maybe")
    assert advice(poll) == (2, "weil dann die meisten Fraktionen vertreten sind (2 von 2)")


def test_then_the_most_clear_answers(poll, delegate, office):
    says(poll, delegate, "maybe", "yes", "maybe")
    says(poll, office[0], "yes", "yes", "maybe")
    assert advice(poll) == (2, "weil bei gleich vielen Fraktionen (1 von 2) die meisten mit Ja antworten (2)")


def test_then_the_fewest_who_would_have_to_make_room(poll, delegate, office):
    says(poll, delegate, "yes", "yes", "yes")
    says(poll, office[0], "maybe", "maybe", "no")
    reason = "weil bei gleich vielen Fraktionen und Zusagen die wenigsten nur kommen, wenn es nötig ist"
    assert advice(poll) == (3, reason)


def test_then_the_earliest(poll, delegate):
    says(poll, delegate, "no", "yes", "yes")
    assert advice(poll) == (2, "weil er bei gleichen Antworten der früheste ist")


def test_the_only_date_that_suits_anybody(poll, delegate):
    says(poll, delegate, "no", "no", "maybe")
    assert advice(poll) == (3, "weil nur zu diesem Termin jemand kommen kann")


def test_nothing_is_recommended_where_nobody_can_or_the_date_is_over(poll, delegate):
    assert advice(poll)[0] == 0
    says(poll, delegate, "yes", "no", "no")
    assert advice(poll)[0] == 1
    end_of_all(poll)
    assert advice(poll)[0] == 0


def test_two_people_of_one_fraktion_count_once(poll, group, delegate, fraktion):
    second = appointed("Zweitmann", Role.STAFF, group)
    poll.voices.create(person=second, role=Role.DELEGATE, on_behalf_of=fraktion)
    says(poll, delegate, "yes")
    says(poll, second, "yes")
    standing = tally_of(poll).standings[0]
    assert (standing.represented, len(standing.yes), tally_of(poll).fraktionen) == (1, 2, 2)


def test_whoever_has_left_no_longer_counts_unless_it_is_over(poll, delegate, other_delegate):
    for person in (delegate, other_delegate):
        says(poll, person, "yes")
    delegate.memberships.update(end_date=timezone.localdate())
    assert [len(one.yes) for one in tally_of(poll).standings] == [1, 0, 0]
    assert tally_of(poll).fraktionen == 1
    poll.state, poll.closed_at, poll.cancel_reason = "cancelled", timezone.now(), "Grund"
    poll.save()
    assert [len(one.yes) for one in tally_of(poll).standings] == [2, 0, 0]


def test_every_answer_stands_in_its_row_and_its_column(poll, delegate, office):
    says(poll, delegate, "yes", "maybe")
    tally = tally_of(poll)
    rows = {voice.person: [choice for _, choice in cells] for voice, cells in tally.rows}
    assert rows[delegate] == ["yes", "maybe", ""]
    assert rows[office[0]] == ["", "", ""]
    assert [name for _, name, said in tally.standings[1].parts if said] == ["Wenn nötig", "Offen"]
    assert (tally.answered, len(tally.voices)) == (1, 5)
    assert option(poll) == tally.standings[0].option
