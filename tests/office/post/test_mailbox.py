"""The mailbox over IMAP, and the pipe of a mail server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arbeitskreis.devservices import free_port
from portal.mail import mailbox as imap
from portal.mail.models import Heartbeat, Incoming
from portal.office import post
from portal.office.tasks import collect_mail
from tests.office.post.mails import answer, letter

PROJECT = Path(__file__).parents[3]


@pytest.mark.django_db
def test_task_takes_what_lies_in_the_mailbox_once(mailbox, mailed, mailed_seat):
    mailbox.put(answer(mailed, "ACCEPTED"))
    mailbox.put(letter("frau.sonne@example.net"))
    collect_mail()
    collect_mail()
    mailed_seat.refresh_from_db()
    assert mailed_seat.answer == "accepted"
    assert sorted(Incoming.objects.values_list("outcome", flat=True)) == ["letter", "taken"]
    assert mailbox.unread() == 0
    assert Heartbeat.objects.get(name="mailbox").trouble == ""


@pytest.mark.django_db
def test_mail_stays_unread_until_it_is_kept(mailbox):
    mailbox.put(letter("frau.sonne@example.net"))

    def fail(raw):
        raise KeyError("the database went away")

    with pytest.raises(KeyError):
        imap.collect(fail)
    assert mailbox.unread() == 1
    assert imap.collect(post.receive) == 1


@pytest.mark.django_db
def test_mail_that_is_too_large_is_kept_without_its_text(mailbox, monkeypatch):
    monkeypatch.setattr(imap, "LARGEST", 5_000)
    mailbox.put(letter("frau.sonne@example.net", text="Wort " * 5_000))
    collect_mail()
    assert (Incoming.objects.get().subject, Incoming.objects.get().text) == ("Frage", "")


@pytest.mark.django_db
def test_no_mailbox_is_no_trouble(settings):
    settings.INBOUND_URL = ""
    collect_mail()
    assert not Heartbeat.objects.filter(name="mailbox").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda url: f"imap://a:b@127.0.0.1:{free_port()}/INBOX", "nimmt keine Verbindung an"),
        (lambda url: url.replace("ge%2F", ""), "lehnt die Anmeldung oder den Ordner ab"),
        (lambda url: url.replace("INBOX", "Nirgends"), "lehnt die Anmeldung oder den Ordner ab"),
    ],
)
def test_trouble_with_the_mailbox_is_said_in_german(mailbox, settings, wrong, words):
    settings.INBOUND_URL = wrong(mailbox.url)
    collect_mail()
    assert words in Heartbeat.objects.get(name="mailbox").trouble


def piped(raw, *recipients, **environment):
    from django.db import connection  # noqa: PLC0415 - the name of the test database

    values = connection.settings_dict
    url = f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    own = {"DATABASE_URL": url, "INBOUND_ADDRESS": "antwort@portal.example.org"} | environment
    command = [sys.executable, "manage.py", "receive_mail", *recipients]
    return subprocess.run(command, input=raw, cwd=PROJECT, env=os.environ | own, capture_output=True, check=False)


@pytest.mark.django_db(transaction=True)
def test_pipe_takes_a_mail_and_ends_well(mailed, mailed_seat):
    done = piped(answer(mailed, "DECLINED", to="liste@example.org"), mailed.reply_to)
    assert (done.returncode, done.stderr) == (0, b"")
    mailed_seat.refresh_from_db()
    assert mailed_seat.answer == "declined"


@pytest.mark.django_db(transaction=True)
def test_pipe_says_what_the_mail_server_has_to_do(mailed):
    assert piped(b"").returncode == os.EX_DATAERR
    assert piped(b"x" * 10_000_001).returncode == os.EX_DATAERR
    away = f"postgres://a:b@127.0.0.1:{free_port()}/c"
    assert piped(letter("a@example.net"), DATABASE_URL=away).returncode == os.EX_TEMPFAIL
