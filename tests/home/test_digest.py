"""One mail a day with what is new: for whom, what, and never twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from arbeitskreis.celery import app
from portal.home.tasks import tell_the_news
from portal.meetings.actions.comments import withdraw_comment
from portal.meetings.models import Recusal
from portal.members.models import Notify, Person
from tests.factories import CommentFactory, MinutesFactory
from tests.meetings.letters import SECRETS, TEXT, add_marked_items, everything_in, mail_to, mails, readers
from tests.together import at_once

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2027, 6, 1, 20, 0, tzinfo=BERLIN)
NIGHT = datetime(2027, 6, 1, 23, 0, tzinfo=BERLIN)
MORNING = datetime(2027, 6, 2, 6, 0, tzinfo=BERLIN)


def wish(*people, since=EVENING):
    Person.objects.filter(pk__in=[person.pk for person in people]).update(notify=Notify.DAILY, news_until=since)


def run(moment):
    with time_machine.travel(moment, tick=False):
        tell_the_news()


def said(item, author, moment=NIGHT, **fields):
    return CommentFactory(item=item, author=author, created_at=moment, **fields)


def test_what_was_said_is_told_in_one_mail(item, public_item, lead, clerk, delegate):
    wish(lead)
    said(item, delegate, text="Geheimnis im Kommentar")
    said(item, clerk)
    first = said(public_item, delegate)
    run(MORNING)
    mail = mail_to(lead)
    assert mail.subject == "Neues im Arbeitskreis"
    for body in (mail.text, mail.html):
        assert "2 Kommentare von Kim Dahlmann und Kim Schreiber" in " ".join(body.split())
        assert "TOP 2: Punkt intern" in body
        assert f"http://testserver/tops/{public_item.pk}/#kommentar-{first.pk}" in body
        assert "/konto/profil/" in body
        assert "Geheimnis" not in body
    assert readers() == {lead.email}


def test_minutes_are_told_too(meeting, lead, clerk):
    wish(lead)
    minutes = MinutesFactory(
        meeting=meeting, clerk=clerk, state="final", finalised_at=NIGHT, finalised_by=clerk, pdf=b"%PDF-", sha256="0"
    )
    run(MORNING)
    assert f"http://testserver{minutes.get_absolute_url()}" in mail_to(lead).text


def test_nothing_confidential_is_told(meeting, lead, delegate):
    wish(lead)
    _, secret = add_marked_items(meeting)
    said(secret, delegate)
    run(MORNING)
    mail = mail_to(lead)
    assert f"TOP {secret.number} (vertraulich)" in mail.text
    assert not [word for word in (*SECRETS, TEXT) if word in everything_in(mail)]


@pytest.mark.parametrize("moment", [MORNING, MORNING + timedelta(hours=3), MORNING + timedelta(hours=14)])
def test_second_run_of_the_day_tells_nothing(item, lead, delegate, moment):
    wish(lead)
    said(item, delegate)
    run(MORNING)
    said(item, delegate, MORNING + timedelta(minutes=1))
    run(moment)
    assert len(mails()) == 1


def test_next_day_tells_what_came_since_and_no_more(item, public_item, lead, delegate):
    wish(lead)
    said(item, delegate)
    run(MORNING)
    said(public_item, delegate, MORNING + timedelta(hours=1))
    run(MORNING + timedelta(days=1))
    first, second = mails()
    assert "Punkt intern" in first.text
    assert "Punkt öffentlich" not in first.text
    assert "Punkt öffentlich" in second.text
    assert "Punkt intern" not in second.text


def test_days_without_the_timetable_are_made_up_for(item, lead, delegate):
    wish(lead)
    said(item, delegate)
    run(MORNING + timedelta(days=3))
    assert "1 Kommentar von Kim Dahlmann" in mail_to(lead).text


def test_nothing_new_is_no_mail(item, lead, delegate):
    wish(lead)
    said(item, lead)  # one's own
    said(item, delegate, EVENING - timedelta(hours=1))  # told yesterday
    run(MORNING)
    assert mails() == []


def test_comment_taken_back_is_not_told(item, lead, delegate):
    wish(lead)
    withdraw_comment(said(item, delegate), by=delegate)
    run(MORNING)
    assert mails() == []


@pytest.mark.parametrize("name", ["former", "stranger", "second_group_member", "guest", "superuser"])
def test_outsiders_hear_nothing(item, delegate, person_of, name):
    wish(person_of(name))
    said(item, delegate)
    run(MORNING)
    assert mails() == []


def test_recused_hear_nothing_of_the_item(item, lead, clerk, delegate):
    wish(lead, clerk)
    said(item, delegate)
    Recusal.objects.create(item=item, person=lead, recorded_by=clerk)
    run(MORNING)
    assert readers() == {clerk.email}


def test_deputies_hear_of_drafts_nothing_and_the_office_does(draft, lead, staff, delegate):
    wish(lead, delegate)
    said(draft.items.get(), staff)
    run(MORNING)
    assert readers() == {lead.email}


def test_other_wishes_get_no_mail_of_the_day(item, lead, clerk, delegate):
    Person.objects.filter(pk=lead.pk).update(notify=Notify.INVITATIONS, news_until=EVENING)
    Person.objects.filter(pk=clerk.pk).update(notify=Notify.AT_ONCE, news_until=EVENING)
    said(item, delegate)
    run(MORNING)
    assert mails() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_it_once(item, lead, delegate):
    since = timezone.now() - timedelta(days=1)
    wish(lead, since=since)
    said(item, delegate, since + timedelta(hours=1))
    assert at_once(tell_the_news, tell_the_news) == [None, None]
    assert len(mails()) == 1


def test_timetable_runs_it():
    assert tell_the_news.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
