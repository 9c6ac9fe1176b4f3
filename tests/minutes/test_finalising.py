"""Closing the minutes: the file, its checksum, the mails, and everything that stands in the way."""

from datetime import timedelta
from hashlib import sha256
from threading import Thread
from time import monotonic, sleep

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.mail.models import Message
from portal.minutes import actions, pdf
from portal.minutes.models import Entry, Minutes
from portal.pdf.engine import PdfError
from tests.cast import MEMBERS
from tests.factories import AgendaItemFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


def close(minutes, by, **changes):
    minutes.refresh_from_db()
    return actions.finalise(minutes, by=by, **{"version": minutes.version, **changes})


def test_file_and_checksum_are_kept(final, clerk):
    stored = Minutes.objects.get()
    assert stored.is_final
    assert stored.finalised_by == clerk
    assert abs((timezone.now() - stored.finalised_at).total_seconds()) < 60
    assert bytes(stored.pdf).startswith(b"%PDF-")
    assert stored.sha256 == sha256(stored.pdf).hexdigest() == final.sha256


def test_the_same_data_gives_the_same_bytes(minutes, clerk, finish):
    finish()
    Minutes.objects.update(modified=timezone.now() - timedelta(days=1))
    final = close(minutes, clerk)
    again = pdf.render(Minutes.objects.get())
    assert sha256(again.pdf).hexdigest() == final.sha256


def test_it_leaves_a_line(final, clerk):
    line = Line.objects.last()
    assert (line.actor, line.verb, line.thing_id) == (clerk, "Niederschrift abgeschlossen", str(final.pk))
    assert (line.detail["sha256"], line.detail["version"]) == (final.sha256, final.version)


def test_every_member_gets_one_mail(sitting, group, clerk, finish, person_of):
    members = [person_of(name) for name in MEMBERS]
    for name in ("former", "second_group_member", "guest"):
        person_of(name)
    MembershipFactory(organization=group, person=PersonFactory(is_active=False))
    MembershipFactory(organization=group, person=PersonFactory(email=None))
    minutes = actions.open_minutes(sitting, by=clerk)
    finish()
    close(minutes, clerk)
    mails = Message.objects.filter(kind="Niederschrift")
    assert sorted(mail.to for mail in mails) == sorted(person.email for person in members)
    assert {mail.key for mail in mails} == {f"minutes:{minutes.pk}:{person.pk}" for person in members}
    assert {mail.group for mail in mails} == {group.pk}


def test_the_mail_names_the_meeting_and_nothing_that_was_said(final, delegate):
    mail = Message.objects.get(to=delegate.email)
    assert mail.subject.startswith(f"Die Niederschrift liegt vor: {final.meeting.label}")
    for body in (mail.text, mail.html):
        assert f"http://testserver{final.get_absolute_url()}" in body
        assert final.meeting.label in body
        for item in final.meeting.items.all():
            assert item.title not in body
        assert "beraten" not in body


def test_while_the_meeting_runs_they_stay_open(minutes, clerk):
    with pytest.raises(PermissionDenied):
        close(minutes, clerk)


@pytest.mark.parametrize("name", ["lead", "staff", "delegate", "superuser", "second_group_member"])
def test_only_the_clerk_closes(minutes, finish, person_of, name):
    finish()
    with pytest.raises(PermissionDenied):
        close(minutes, person_of(name))
    assert not Minutes.objects.get().is_final


def test_only_the_version_on_the_screen_is_closed(minutes, entry, clerk, finish):
    finish()
    seen = Minutes.objects.get().version
    actions.save_entry(entry, by=clerk, version=1, text="Noch ein Satz.", outcomes=[])
    with pytest.raises(Stale):
        close(minutes, clerk, version=seen)
    assert not Minutes.objects.get().is_final
    assert not Message.objects.exists()


def test_no_item_is_closed_out(minutes, clerk, finish):
    meeting = finish()
    item = AgendaItemFactory(meeting=meeting, title="In letzter Minute")
    with pytest.raises(Stale):
        close(minutes, clerk)
    assert Entry.objects.filter(item=item).exists()
    assert [entry.item for entry in close(minutes, clerk).entries.all()][-1] == item


def test_a_second_click_finds_them_closed(final, clerk):
    with pytest.raises(actions.Finalised):
        close(final, clerk)
    assert Message.objects.filter(to=clerk.email).count() == 1


def test_characters_no_font_has_are_asked_about_first(minutes, entry, clerk, finish):
    finish()
    actions.save_entry(entry, by=clerk, version=1, text="Alle freuen sich \U0001f600.", outcomes=[])
    with pytest.raises(actions.Unprintable) as caught:
        close(minutes, clerk)
    assert caught.value.characters == ("\U0001f600",)
    assert not Minutes.objects.get().is_final
    assert close(minutes, clerk, replace=True).is_final


def test_without_a_pdf_they_stay_open(minutes, entry, clerk, finish):
    finish()
    Entry.objects.filter(pk=entry.pk).update(text="x" * 200_001)
    with pytest.raises(PdfError):
        close(minutes, clerk)
    assert not Minutes.objects.get().is_final


def test_a_clerk_whose_seat_ended_no_longer_closes(minutes, clerk, finish):
    finish()
    clerk.memberships.update(end_date=localdate())
    with pytest.raises(PermissionDenied):
        close(minutes, type(clerk).objects.get(pk=clerk.pk))


class Closing(Thread):
    """Somebody who closes the minutes in another process."""

    def __init__(self, minutes, by):
        super().__init__()
        self.minutes, self.by, self.outcome = minutes, by, None

    def run(self):
        try:
            self.outcome = actions.finalise(self.minutes, by=self.by, version=self.minutes.version)
        except Exception as error:
            self.outcome = error
        finally:
            connection.close()

    def wait_until_it_waits(self):
        """Until the PDF is set and the thread wants the lock."""
        end = monotonic() + 20
        while monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
            sleep(0.05)
        pytest.fail("nobody waits for the lock")


@pytest.mark.django_db(transaction=True)
def test_a_word_saved_while_the_pdf_is_set_keeps_them_open(minutes, entry, clerk, finish):
    finish()
    minutes.refresh_from_db()
    closing = Closing(minutes, clerk)
    with transaction.atomic():
        actions.save_entry(entry, by=clerk, version=1, text="In letzter Sekunde.", outcomes=[])
        closing.start()
        closing.wait_until_it_waits()
    closing.join(20)
    assert isinstance(closing.outcome, Stale)
    assert not Minutes.objects.get().is_final
    assert Entry.objects.get(pk=entry.pk).text == "In letzter Sekunde."


@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_once_leave_one_file_and_one_mail_each(minutes, clerk, finish):
    finish()
    minutes.refresh_from_db()
    both = [Closing(minutes, clerk), Closing(minutes, clerk)]
    for closing in both:
        closing.start()
    for closing in both:
        closing.join(30)
    kinds = sorted(type(closing.outcome).__name__ for closing in both)
    assert kinds == ["Finalised", "Minutes"]
    assert Message.objects.filter(to=clerk.email).count() == 1
    assert Line.objects.filter(verb="Niederschrift abgeschlossen").count() == 1
