"""A date poll that was sent is changed: what stays, who is told, and what two people at once find."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.versions import Stale
from portal.meetings.actions import polls
from portal.meetings.models import DatePoll
from tests.cast import CAST
from tests.factories import DatePollFactory, evening
from tests.meetings.letters import mail_to, mails
from tests.meetings.pages import sign_in, text_of
from tests.meetings.polling import end_of_all, lines, option, said, says, typed, voice

pytestmark = pytest.mark.django_db
NEW = (evening(days=35), evening(days=35) + timedelta(hours=2))


@pytest.fixture
def poll(group, lead, delegate, other_delegate):
    return DatePollFactory(organization=group, title="Klausur", days=(21, 28, 30), asked=[lead, delegate])


def change(poll, by, **wanted):
    texts = {"title": poll.title, "answer_by": poll.answer_by, "location": None, "version": poll.version}
    return polls.change(poll, by=by, **texts | wanted)


def form(poll, **fields):
    return {**typed(poll.title, days=(), answer_by=f"{poll.answer_by}"), "version": poll.version, **fields}


def added_row(days=35):
    return {"day_1": f"{evening(days=days):%Y-%m-%d}", "starts_1": "17:00", "minutes_1": "120"}


def post(client, poll, **fields):
    return client.post(f"{poll.get_absolute_url()}bearbeiten/", form(poll, **fields))


def test_new_title_and_day_keep_answers_and_write_to_nobody(poll, staff, delegate):
    says(poll, delegate, "yes", "", "no")
    due = poll.answer_by + timedelta(days=3)
    assert change(poll, staff, title="Tagung", answer_by=due) == 0
    poll.refresh_from_db()
    assert (poll.title, poll.answer_by, poll.version) == ("Tagung", due, 2)
    assert said(poll, delegate) == ["yes", "", "no"]
    assert mails() == []
    facts = {"fields": "title, answer_by", "added": 0, "taken_back": 0}
    assert lines("Terminumfrage geändert") == [(staff, facts)]


def test_new_date_asks_everybody_once_and_leaves_their_answers(poll, staff, lead, delegate):
    says(poll, delegate, "yes", "no", "maybe")
    stale = DatePoll.objects.get(pk=poll.pk)
    assert change(poll, staff, add=[NEW]) == 1
    assert change(stale, staff, add=[NEW]) == 0
    assert said(poll, delegate) == ["yes", "no", "maybe", ""]
    assert {mail.person for mail in mails()} == {lead.pk, delegate.pk}
    mail = mail_to(delegate)
    assert mail.subject == "Neuer Terminvorschlag: Klausur"
    assert mail.text.count("17:00 bis 19:00 Uhr") + mail.text.count("18:00 bis 20:00 Uhr") == 5
    assert "/terminantwort/" in mail.text
    assert set(poll.voices.silent()) == {voice(poll, lead), voice(poll, delegate)}
    says(poll, delegate, "yes", "no", "maybe")
    assert set(poll.voices.silent()) == {voice(poll, lead)}
    assert change(poll_now(poll), lead, add=[(NEW[0] + timedelta(days=1), NEW[1] + timedelta(days=1))]) == 1
    assert len(mails(person=delegate.pk)) == 2


def poll_now(poll):
    return DatePoll.objects.get(pk=poll.pk)


def test_date_that_nobody_can_take_is_taken_back_and_no_other(poll, staff, lead, delegate):
    says(poll, delegate, "yes", "no", "maybe")
    unwanted = option(poll, 2)
    assert change(poll, staff, take_back=[unwanted.pk]) == 0
    assert said(poll, delegate) == ["yes", "maybe"]
    assert mails() == []
    change(poll, staff, take_back=[unwanted.pk])
    assert lines("Terminumfrage geändert") == [(staff, {"fields": "", "added": 0, "taken_back": 1})]
    now = poll_now(poll)
    with pytest.raises(ValidationError, match="mindestens 2"):
        change(now, staff, take_back=[option(poll).pk])
    with pytest.raises(ValidationError, match="inzwischen jemand zugesagt"):
        change(now, staff, take_back=[option(poll).pk], add=[NEW])
    assert said(poll, delegate) == ["yes", "maybe"]


def test_second_editor_is_told_and_no_date_is_lost(poll, staff, lead):
    stale = poll_now(poll)
    change(poll, staff, title="Tagung")
    with pytest.raises(Stale):
        change(stale, lead, add=[NEW])
    assert poll.options.count() == 3


@pytest.mark.parametrize("happens", ["called off", "decided", "over"])
def test_closed_poll_cannot_be_changed(client, poll, lead, happens):
    if happens == "called off":
        polls.call_off(poll, by=lead, reason="Grund")
    elif happens == "decided":
        polls.decide(poll, option=option(poll).pk, by=lead)
    else:
        end_of_all(poll)
    with pytest.raises(ValidationError, match="schon beendet"):
        change(poll, lead, title="Tagung")
    client.force_login(lead)
    assert "schon beendet" in text_of(client.get(f"{poll.get_absolute_url()}bearbeiten/", follow=True))
    assert "bearbeiten/" not in text_of(client.get(poll.get_absolute_url()))


@pytest.mark.parametrize("name", CAST)
def test_only_the_verwaltung_changes_a_poll(client, person_of, poll, name):
    sign_in(client, person_of(name))
    post(client, poll, title="Tagung")
    assert (poll_now(poll).title == "Tagung") == (name in {"lead", "staff", "clerk"})


def test_seat_that_has_ended_changes_nothing(poll, staff):
    staff.memberships.update(end_date=timezone.localdate())
    with pytest.raises(PermissionDenied):
        change(poll, staff, title="Tagung")


def test_page_changes_adds_and_takes_back_in_one_step(client, poll, staff, delegate):
    says(poll, delegate, "yes", "no", "maybe")
    client.force_login(staff)
    page = text_of(client.get(f"{poll.get_absolute_url()}bearbeiten/"))
    assert [f'value="{option(poll, place).pk}"' in page for place in (1, 2, 3)] == [False, True, False]
    wanted = {"title": "Tagung", "take_back": [str(option(poll, 2).pk)], **added_row()}
    for _ in range(2):
        assert post(client, poll, **wanted).status_code == 302
    poll.refresh_from_db()
    assert (poll.title, poll.options.count(), poll.version) == ("Tagung", 3, 2)
    assert len(mails(person=delegate.pk)) == 1
    client.force_login(delegate)
    assert "Ein Termin ist dazugekommen." in text_of(client.get(poll.get_absolute_url()))


def test_page_shows_both_versions_and_saves_with_the_next_click(client, poll, staff, lead):
    client.force_login(staff)
    change(poll_now(poll), lead, title="Tagung", add=[NEW])
    response = post(client, poll, title="Treffen", **added_row(36))
    assert response.status_code == 409
    page = text_of(response)
    for words in ("Jemand anderes hat inzwischen gespeichert", "Tagung", "Neu: ", 'name="version" value="2"'):
        assert words in page
    assert poll.options.count() == 4
    poll.version = 2
    assert post(client, poll, title="Treffen", **added_row(36)).status_code == 302
    assert poll.options.count() == 5


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"title": ""}, "title", "Geben Sie an, worum es geht."),
        (added_row(21), "day_1", "Diesen Termin bieten Sie schon an."),
        (added_row(5), "answer_by", "Die Antworten müssen vor dem ersten Termin"),
        ({"answer_by": f"{evening(days=21):%Y-%m-%d}"}, "answer_by", "Die Antworten müssen vor dem ersten Termin"),
        ({"answer_by": f"{evening(days=-1):%Y-%m-%d}"}, "answer_by", "Dieser Tag liegt in der Vergangenheit."),
    ],
)
def test_wrong_change_is_told_beside_its_field(client, poll, staff, wrong, field, words):
    client.force_login(staff)
    response = post(client, poll, **wrong)
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert poll_now(poll).version == 1


def test_too_few_dates_and_a_day_gone_by_are_told_too(client, poll, staff):
    client.force_login(staff)
    every = [str(one.pk) for one in poll.options.all()]
    assert "Mindestens 2 Termine" in text_of(post(client, poll, take_back=every))
    DatePoll.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    poll.refresh_from_db()
    assert "Dieser Tag liegt in der Vergangenheit." in text_of(post(client, poll, **added_row()))
    assert post(client, poll, title="Tagung").status_code == 302
