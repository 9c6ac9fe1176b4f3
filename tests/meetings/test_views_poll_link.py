"""The page behind the personal link of a date poll, and few queries on all of its pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings.actions import polls
from portal.meetings.emails import ANSWER
from portal.members.models import Role
from tests.cast import appointed
from tests.factories import DatePollFactory
from tests.meetings.pages import text_of
from tests.meetings.polling import end_of_all, link, option, said, says, voice

pytestmark = pytest.mark.django_db
GONE = "Dieser Link gilt nicht mehr"


@pytest.fixture
def poll(group, lead, delegate, other_delegate):
    return DatePollFactory(organization=group, title="Klausur", asked=[lead, delegate, other_delegate])


def test_link_shows_the_dates_and_changes_nothing(client, poll, delegate, other_delegate):
    says(poll, other_delegate, "yes")
    before = Line.objects.count()
    for response in (client.get(link(poll, delegate)), client.head(link(poll, delegate))):
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "strict-origin"
    page = text_of(client.get(link(poll, delegate)))
    assert page.count('type="radio"') == 6
    assert other_delegate.last_name not in page
    assert said(poll, delegate) == ["", ""]
    assert Line.objects.count() == before


def test_link_keeps_the_answer_without_signing_in(client, poll, delegate):
    first, second = (option(poll, place).pk.hex for place in (1, 2))
    assert client.post(link(poll, delegate), {first: "yes"}).url == link(poll, delegate)
    client.post(link(poll, delegate), {first: "no", second: "maybe"})
    assert said(poll, delegate) == ["no", "maybe"]
    response = client.get(link(poll, delegate))
    assert response.context["form"][second].value() == "maybe"
    assert [line.actor for line in Line.objects.filter(verb="Terminumfrage beantwortet")] == [delegate] * 2


def test_link_asks_for_an_answer(client, poll, delegate):
    response = client.post(link(poll, delegate), {option(poll).pk.hex: "vielleicht"})
    assert response.status_code == 422
    assert said(poll, delegate) == ["", ""]


def closed_account(poll, delegate, lead):
    delegate.is_active = False
    delegate.save()


def ended_seat(poll, delegate, lead):
    delegate.memberships.update(end_date=timezone.localdate())


ENDS = {
    "decided": lambda poll, delegate, lead: polls.decide(poll, option=option(poll).pk, by=lead),
    "called off": lambda poll, delegate, lead: polls.call_off(poll, by=lead, reason="Grund"),
    "last date over": lambda poll, delegate, lead: end_of_all(poll),
    "seat ended": ended_seat,
    "account closed": closed_account,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_link_that_has_ended_answers_like_one_that_never_was(client, poll, delegate, lead, end):
    address = link(poll, delegate)
    end(poll, delegate, lead)
    never = client.get("/terminantwort/unsinn/")
    sent = client.post(address, {option(poll).pk.hex: "yes"})
    assert (never.status_code, client.get(address).status_code, sent.status_code) == (404, 404, 404)
    assert GONE in text_of(never)
    assert client.get(address).content == never.content == sent.content
    assert not poll.voices.filter(answers__isnull=False).exists()


def test_other_keys_do_not_fit(client, poll, delegate):
    own = voice(poll, delegate)
    for token in (ANSWER.sign(own.pk.hex), own.pk.hex, link(poll, delegate).split("/")[2][:-1]):
        assert client.get(f"/terminantwort/{token}/").status_code == 404


@pytest.mark.parametrize("people", [1, 20])
@pytest.mark.parametrize(("name", "queries"), [("delegate", 8), ("lead", 8)])
def test_matrix_takes_the_same_queries_for_any_number_of_people(
    client, group, person_of, name, queries, people, django_assert_num_queries
):
    others = [appointed(f"Person{number}", Role.DELEGATE, group) for number in range(people)]
    reader = person_of(name)
    poll = DatePollFactory(organization=group, days=range(21, 21 + 2 * min(people, 6)), asked=[reader, *others])
    for person in others:
        says(poll, person, "yes", "maybe")
    client.force_login(reader)
    client.get(poll.get_absolute_url())
    with django_assert_num_queries(queries):
        client.get(poll.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_form_take_the_same_queries_for_any_number(client, group, lead, count, django_assert_num_queries):
    for number in range(count):
        appointed(f"Person{number}", Role.DELEGATE, group)
        DatePollFactory(organization=group, asked=[lead])
        end_of_all(DatePollFactory(organization=group))
    client.force_login(lead)
    client.get("/terminumfragen/")
    with django_assert_num_queries(7):
        client.get("/terminumfragen/")
    with django_assert_num_queries(9):
        client.get("/terminumfragen/neu/")


def test_link_takes_few_queries(client, poll, delegate, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get(link(poll, delegate))


def test_answer_after_the_last_day_still_counts(client, poll, delegate):
    poll.answer_by = timezone.localdate() - timedelta(days=1)
    poll.save()
    assert "Der Tag für die Antworten ist vorbei." in text_of(client.get(link(poll, delegate)))
    client.post(link(poll, delegate), {option(poll).pk.hex: "yes"})
    assert said(poll, delegate) == ["yes", ""]
