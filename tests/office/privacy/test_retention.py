"""What has been kept long enough goes at night; what has not, stays."""

import os
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from arbeitskreis.celery import app
from portal.audit import trail
from portal.audit.models import Line
from portal.audit.origin import Door, coming_from
from portal.mail.models import Attachment, Message
from portal.meetings.models import DateAnswer, DateVoice, Meeting
from portal.members.actions.seats import appoint
from portal.members.models import Invitation, Person
from portal.office.privacy import retention
from portal.office.tasks import keep_the_periods
from tests.factories import (
    AttendanceFactory,
    DatePollFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    PersonFactory,
)

pytestmark = pytest.mark.usefixtures("mail_folder", "body")


def ago(days, hours=0):
    return timezone.now() - timedelta(days=days, hours=hours)


def mail(key, days, **fields):
    values = {"kind": "Einladung", "to": "a@example.org", "subject": "S", "text": "Text", "status": "sent"}
    values |= {"sent_at": timezone.now()} | fields
    row = Message.objects.create(key=key, **values)
    Message.objects.filter(pk=row.pk).update(created_at=ago(days))
    return row


def keys():
    return set(Message.objects.values_list("key", flat=True))


def test_mails_go_after_90_days_with_the_files_that_nobody_else_was_sent():
    shared, own = (Attachment.objects.create(sha256=name, name=name, content=b"x") for name in ("shared", "own"))
    mail("young", 89).attachments.add(shared)
    mail("old", 91).attachments.add(shared, own)
    mail("dead", 91, status="failed", sent_at=None)
    mail("waiting", 91, status="queued", sent_at=None)
    keep_the_periods()
    assert keys() == {"young", "waiting"}
    assert list(Attachment.objects.values_list("name", flat=True)) == ["shared"]


def test_mails_about_a_meeting_to_come_stay_so_that_nothing_goes_out_twice(meeting, item):
    mail("reminder", 100, about=meeting.pk)
    mail("comment", 100, about=item.pk)
    mail("another", 100, about=MeetingFactory(start=ago(2), end=ago(1), state="finished").pk)
    keep_the_periods()
    assert keys() == {"reminder", "comment"}


def test_answers_to_date_polls_go_90_days_after_the_last_date(group, delegate, client):
    young, old = (
        DatePollFactory(organization=group, days=days, asked=[delegate]) for days in ((-100, -89), (-100, -91))
    )
    for poll in (young, old):
        for option in poll.options.all():
            poll.voices.get().answers.create(option=option, choice="yes")
    keep_the_periods()
    assert [voice.poll for voice in DateVoice.objects.all()] == [young]
    assert DateAnswer.objects.count() == 2
    client.force_login(delegate)
    assert "Wer wann konnte, steht hier bis 90 Tage" in client.get(old.get_absolute_url()).content.decode()


def test_links_go_30_days_after_use_or_end(stranger):
    dates = {"open": (-1, None), "used": (-1, 29), "long used": (-1, 31), "over": (29, None), "long over": (31, None)}
    for name, (ends, used) in dates.items():
        Invitation.objects.create(
            person=stranger, token_hash=name, expires_at=ago(ends), used_at=None if used is None else ago(used)
        )
    keep_the_periods()
    assert set(Invitation.objects.values_list("token_hash", flat=True)) == {"open", "used", "over"}


def test_dead_sessions_go():
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    for seconds in (-60, 3600):
        session = store()
        session.set_expiry(seconds)
        session.save()
    keep_the_periods()
    assert Session.objects.filter(expire_date__gt=timezone.now()).count() == Session.objects.count() == 1


def test_addresses_in_the_trail_go_after_30_days(lead):
    for days in (29, 31):
        with time_machine.travel(ago(days)), coming_from(Door.PORTAL, f"203.0.113.{days}"):
            trail.record(actor=lead, verb=str(days), thing=lead)
    keep_the_periods()
    assert Line.objects.get(verb="29").address == "203.0.113.29"
    assert Line.objects.get(verb="31").address == ""


def test_cache_values_that_ran_out_go():
    cache.set("young", 1, timeout=300)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cache (cache_key, value, expires) VALUES ('dead', 'x', %s)", [ago(1)])
        keep_the_periods()
        cursor.execute("SELECT cache_key FROM cache")
        assert [key for (key,) in cursor.fetchall()] == [":1:young"]


def test_mail_files_go_after_90_days(mail_folder):
    mail_folder.mkdir()
    for days in (89, 91):
        file = mail_folder / f"{days}.log"
        file.touch()
        os.utime(file, (ago(days).timestamp(),) * 2)
    keep_the_periods()
    assert [file.name for file in mail_folder.iterdir()] == ["89.log"]


def test_devices_go_30_days_after_they_were_last_used(delegate):
    for days in (29, 31):
        UserSession.objects.create(
            user=delegate, session_key=str(days), ip="203.0.113.1", user_agent="", last_seen_at=ago(days)
        )
    keep_the_periods()
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["29"]


# Accounts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_open"), [(0, True), (29, True), (30, False), (300, False)])
def test_account_closes_30_days_after_the_membership(client, former, days, is_open):
    former.memberships.update(end_date=timezone.localdate() - timedelta(days=days))
    client.force_login(former)
    keep_the_periods()
    former.refresh_from_db()
    assert former.is_active is is_open
    assert former.last_name == "Ehemann"
    assert client.get(reverse("members:profile")).status_code == (200 if is_open else 302)
    assert Line.objects.filter(verb="Zugang geschlossen").exists() is not is_open


@pytest.mark.parametrize("name", ["delegate", "deputy", "lead", "guest", "stranger", "superuser"])
def test_accounts_of_others_stay_open(person_of, name):
    person = person_of(name)
    keep_the_periods()
    assert Person.objects.get(pk=person.pk).is_active


def test_account_of_somebody_who_is_still_elsewhere_stays_open(former):
    former.memberships.update(end_date=timezone.localdate() - timedelta(days=60))
    MembershipFactory(person=former)
    keep_the_periods()
    assert Person.objects.get(pk=former.pk).is_active


@pytest.fixture
def visitor_of(group):
    """A guest of a meeting that ended so many days ago, with or without final minutes."""

    def visit(days, *, is_final):
        meeting = MeetingFactory(organization=group, start=ago(days, 2), end=ago(days), state=Meeting.State.FINISHED)
        guest = PersonFactory(last_name="Gastmann")
        GuestFactory(meeting=meeting, person=guest)
        AttendanceFactory(meeting=meeting, person=guest, role="guest")
        if is_final:
            MinutesFactory(
                meeting=meeting,
                state="final",
                finalised_at=timezone.now(),
                finalised_by=guest,
                pdf=b"%PDF-",
                sha256="0",
            )
        return guest

    return visit


@pytest.mark.parametrize(
    ("days", "is_final", "is_open", "name"),
    [
        (29, True, True, "Gastmann"),
        (31, False, False, "Gastmann"),  # the minutes still have to name the guest
        (31, True, False, "Gast"),
    ],
)
def test_guest_is_closed_after_30_days_and_erased_once_the_minutes_are_final(visitor_of, days, is_final, is_open, name):
    guest = visitor_of(days, is_final=is_final)
    keep_the_periods()
    guest.refresh_from_db()
    assert (guest.is_active, guest.last_name) == (is_open, name)


def test_guest_who_is_a_member_too_is_not_erased(visitor_of):
    guest = visitor_of(31, is_final=True)
    MembershipFactory(person=guest)
    keep_the_periods()
    guest.refresh_from_db()
    assert (guest.is_active, guest.last_name) == (True, "Gastmann")


def test_account_that_was_closed_opens_again_with_an_appointment(former, lead, group):
    former.memberships.update(end_date=timezone.localdate() - timedelta(days=60))
    keep_the_periods()
    appoint(group, by=lead, person=Person(email=former.email), role="staff")
    assert Person.objects.get(pk=former.pk).is_active


# The run --------------------------------------------------------------------------------------------------------------


def figures():
    return list(Line.objects.filter(verb="Aufbewahrungsfristen angewendet").values_list("detail", flat=True))


def test_run_leaves_one_line_with_figures_and_a_second_run_none(visitor_of):
    mail("old", 91)
    mail("older", 92)
    visitor_of(31, is_final=True)
    keep_the_periods()
    keep_the_periods()
    assert figures() == [{"accounts": 1, "guests": 1, "mails": 2}]


def test_many_go_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        mail(str(number), 91)
    keep_the_periods()
    assert keys() == set()
    assert figures() == [{"mails": 5}]


def test_dry_run_says_what_would_go_and_changes_nothing(capsys, visitor_of):
    mail("old", 91)
    visitor_of(31, is_final=True)
    call_command("retention", dry_run=True)
    said = capsys.readouterr().out
    assert "     1  E-Mails im Postausgang, älter als 90 Tage" in said
    assert "     1  Gäste ohne Mitgliedschaft" in said
    assert keys() == {"old"}
    assert figures() == []
    call_command("retention")
    assert capsys.readouterr().out == said.replace("     0  Zugänge", "     1  Zugänge")
    assert keys() == set()


def test_page_for_everybody_names_the_same_periods(client):
    page = " ".join(client.get(reverse("home:privacy")).content.decode().split())
    for words, period in {
        "<strong>E-Mails</strong> im Postausgang: {} Tage": retention.MAILS,
        "<strong>IP-Adressen</strong> im Verlauf: {} Tage": retention.ADDRESSES,
        "<strong>Zugang ehemaliger Mitglieder:</strong> {} Tage": retention.ACCOUNTS,
        "<strong>Zugang von Gästen:</strong> {} Tage": retention.ACCOUNTS,
        "<strong>Zugangslinks:</strong> {} Tage": retention.LINKS,
    }.items():
        assert words.format(period.days) in page


def test_timetable_runs_it():
    assert keep_the_periods.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
