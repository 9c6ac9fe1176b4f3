"""A year on one page: what stands there, for whom, and at what cost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.meetings import almanac
from tests.cast import CAST
from tests.factories import MeetingFactory
from tests.meetings.pages import sign_in, text_of

BERLIN = ZoneInfo("Europe/Berlin")


def address(year):
    return reverse("meetings:year", args=[year])


@pytest.fixture
def meetings(group):
    """On New Year's Day before the sun of Greenwich saw it, in May as a draft, and on the last evening."""
    days = (2027, 1, 1, 0, 30), (2027, 5, 11, 17, 0), (2027, 12, 31, 23, 0)
    states = "invited", "draft", "cancelled"
    return [
        MeetingFactory(organization=group, start=datetime(*day, tzinfo=BERLIN), state=state, year=2027)
        for day, state in zip(days, states, strict=True)
    ]


def test_year_holds_its_meetings_holidays_and_school_holidays(client, staff, meetings):
    client.force_login(staff)
    page = client.get(address(2027))
    months = page.context["months"]
    found = [(day.day.isoformat(), len(day.meetings)) for month in months for day in month.eventful if day.meetings]
    assert found == [("2027-01-01", 1), ("2027-05-11", 1), ("2027-12-31", 1)]
    text = text_of(page)
    for words in (*(meeting.get_absolute_url() for meeting in meetings), "Neujahr", "Fronleichnam", "(Abgesagt)"):
        assert words in text
    assert "Schulferien: Osterferien (22.03. bis 03.04.2027)" in text
    assert [len(month.breaks) for month in months] == [1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1]
    assert "3 Sitzungen" in text


@pytest.mark.parametrize("name", CAST)
def test_everybody_sees_their_own_meetings(client, person_of, meetings, name):
    sign_in(client, person_of(name))
    page = client.get(address(2027))
    if name == "anonymous":
        assert page.status_code == 302
        return
    sees = [meeting.get_absolute_url() in text_of(page) for meeting in meetings]
    office = {"lead", "staff", "clerk"}
    member = {*office, "delegate", "other_delegate", "deputy"}
    assert sees == [name in member, name in office, name in member]


def test_year_that_nobody_has_published_says_so(client, delegate):
    client.force_login(delegate)
    unknown = almanac.known_until().year + 1
    known = f"erst bis zum {almanac.known_until():%d.%m.%Y} bekannt"
    assert known in text_of(client.get(address(unknown)))
    assert known not in text_of(client.get(address(2027)))
    assert client.get(address(1999)).status_code == 404
    assert client.get(address(2100)).status_code == 404


def test_buttons_lead_to_the_years_around_and_no_further(client, delegate):
    client.force_login(delegate)
    this_year = timezone.localdate().year
    page = text_of(client.get(address(this_year)))
    assert f'href="{address(this_year - 1)}"' in page
    assert f'href="{address(this_year + 1)}"' in page
    assert f'href="{address(this_year + 4)}"' not in text_of(client.get(address(this_year + 3)))
    assert f'href="{address(this_year - 11)}"' not in text_of(client.get(address(this_year - 10)))


@pytest.mark.parametrize("count", [1, 12])
def test_year_takes_the_same_queries_for_any_number_of_meetings(client, lead, group, count, django_assert_num_queries):
    start = datetime(2027, 1, 12, 17, tzinfo=BERLIN)
    for number in range(count):
        MeetingFactory(organization=group, start=start + timedelta(days=28 * number))
    client.force_login(lead)
    client.get(address(2027))  # the first page renews the session
    with django_assert_num_queries(5):
        client.get(address(2027))
