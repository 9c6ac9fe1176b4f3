from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from arbeitskreis.devservices import free_port
from portal.mail import sender
from portal.mail.line import MAILS_PER_CONNECTION
from portal.mail.models import Heartbeat, Message
from tests.mail.example import ANNE, put, request
from tests.mail.smtp import CUT, DROP, HANG

pytestmark = pytest.mark.django_db


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def make_due():
    Message.objects.filter(status="queued").update(not_before=timezone.now())


def minutes_until_next_try(message):
    message.refresh_from_db()
    return round((message.not_before - timezone.now()).total_seconds() / 60)


def test_sweep_hands_over_what_is_due_and_nothing_else(sink):
    due = put("due", calendar=request())
    later = put("later", not_before=timezone.now() + timedelta(hours=1))
    sender.sweep()
    assert state(due) == ("sent", 1)
    assert due.sent_at is not None
    assert due.text
    assert state(later) == ("queued", 0)
    assert [(d.to, d.mail["Message-ID"]) for d in sink.deliveries] == [([ANNE], due.message_id)]


def test_mail_whose_occasion_is_over_is_not_sent_any_more(sink):
    ahead = put("ahead", not_after=timezone.now() + timedelta(hours=1))
    over = put("over", not_after=timezone.now())
    sender.sweep()
    assert (state(ahead), state(over)) == (("sent", 1), ("failed", 1))
    assert over.last_error == "Nicht mehr verschickt, weil der Anlass vorüber ist."
    assert len(sink.deliveries) == 1


def test_sweep_twice_sends_nothing_twice(sink):
    put()
    sender.sweep()
    sender.sweep()
    assert len(sink.deliveries) == 1


def test_sweep_sends_hurried_mails_first(sink):
    for number in range(3):
        put(str(number), subject=f"Einladung {number}")
    put("code", subject="Code", priority=True)
    sender.sweep()
    assert [mail["Subject"] for mail in sink.mails] == ["Code", "Einladung 0", "Einladung 1", "Einladung 2"]


def test_sweep_keeps_one_connection_for_fifty_mails(sink):
    for number in range(MAILS_PER_CONNECTION + 1):
        put(str(number))
    sender.sweep()
    assert [delivery.connection for delivery in sink.deliveries] == [1] * MAILS_PER_CONNECTION + [2]


def test_sweep_leaves_a_sign_of_life(sink):
    sender.sweep()
    assert timezone.now() - Heartbeat.objects.get(name="mail").at < timedelta(seconds=5)


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("code", [450, 451, 452])
def test_mail_put_off_by_the_server_waits_and_the_next_one_goes(start_sink, step, code):
    sink = start_sink(**{step: [f"{code} 4.2.1 mailbox busy"]})
    first, second = put("1"), put("2")
    sender.sweep()
    assert state(first) == ("queued", 1)
    assert first.last_error == f"Der Mailserver nimmt die Nachricht zurzeit nicht an: {code} 4.2.1 mailbox busy"
    assert minutes_until_next_try(first) == 1
    assert state(second) == ("sent", 1)
    assert sink.connections == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("code", [550, 552, 554])
def test_mail_refused_by_the_server_is_dead_and_the_next_one_goes(start_sink, step, code):
    sink = start_sink(**{step: [f"{code} 5.1.1 unknown user"]})
    first, second = put("1"), put("2")
    sender.sweep()
    assert state(first) == ("failed", 1)
    assert first.last_error == f"Der Mailserver lehnt die Nachricht ab: {code} 5.1.1 unknown user"
    assert first.text
    assert state(second) == ("sent", 1)
    assert sink.connections == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("answer", ["421 shutting down", DROP, HANG])
def test_mail_on_a_broken_connection_goes_over_a_new_one_at_once(start_sink, step, answer):
    sink = start_sink(**{step: [answer]})
    first, second = put("1"), put("2")
    sender.sweep()
    assert state(first) == state(second) == ("sent", 1)
    assert sink.connections == 2
    ids = [mail["Message-ID"] for mail in sink.mails]
    doubled = step == "data" and answer in (DROP, HANG)
    assert ids == [first.message_id] * (1 + doubled) + [second.message_id]


def test_mail_that_breaks_off_in_the_middle_goes_over_a_new_connection_at_once(start_sink):
    sink = start_sink(data=[CUT])
    first, second = put("1"), put("2")
    sender.sweep()
    assert state(first) == state(second) == ("sent", 1)
    assert sink.connections == 2
    assert [mail["Message-ID"] for mail in sink.mails] == [first.message_id, second.message_id]


def test_server_that_breaks_off_twice_gets_a_pause_and_the_rest_goes_back(start_sink):
    sink = start_sink(rcpt=[DROP, DROP])
    first, second = put("1"), put("2")
    sender.sweep()
    assert state(first) == ("queued", 1)
    assert first.last_error == "Die Verbindung zum Mailserver ist abgebrochen."
    assert state(second) == ("queued", 0)
    sender.sweep()
    assert state(second) == ("sent", 1)
    make_due()
    sender.sweep()
    assert state(first) == ("sent", 2)
    assert len(sink.deliveries) == 2


def test_server_that_hangs_is_named_as_the_reason(start_sink):
    start_sink(rcpt=[HANG, HANG])
    message = put()
    sender.sweep()
    assert state(message) == ("queued", 1)
    assert message.last_error == "Der Mailserver antwortet nicht."


def test_server_that_is_away_keeps_all_mails_waiting(sink, settings):
    settings.EMAIL_PORT = free_port()
    first, second = put("1"), put("2")
    for _ in range(2):
        sender.sweep()
    assert state(first) == state(second) == ("queued", 1)
    assert first.last_error == "Der Mailserver nimmt keine Verbindung an."
    sink.configure(settings)
    make_due()
    sender.sweep()
    assert state(first) == state(second) == ("sent", 2)
    assert first.last_error == ""


def test_server_that_refuses_the_sign_in_is_named_as_the_reason(sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    message = put()
    sender.sweep()
    assert state(message) == ("queued", 1)
    assert message.last_error == "Der Mailserver kann nicht, was die Einstellungen verlangen."


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (9, 240), (500, 240)])
def test_wait_doubles_up_to_four_hours(start_sink, attempts, minutes):
    start_sink(rcpt=["451 later"])
    message = put()
    Message.objects.update(attempts=attempts)
    sender.sweep()
    assert minutes_until_next_try(message) == minutes


def test_wait_for_a_server_that_is_away_stays_short(settings, sink):
    settings.EMAIL_PORT = free_port()
    message = put()
    Message.objects.update(attempts=20)
    sender.sweep()
    assert minutes_until_next_try(message) == 5


def test_mail_is_given_up_after_48_hours_and_not_before(start_sink):
    start_sink(rcpt=["451 later"] * 3)
    message = put()
    sender.sweep()
    message.refresh_from_db()
    assert timedelta(hours=47) < message.give_up_at - timezone.now() <= timedelta(hours=48)
    Message.objects.update(give_up_at=timezone.now() + timedelta(minutes=1))
    make_due()
    sender.sweep()
    assert state(message) == ("queued", 2)
    assert minutes_until_next_try(message) == 1
    Message.objects.update(give_up_at=timezone.now())
    make_due()
    sender.sweep()
    assert state(message) == ("failed", 3)
    assert message.last_error.startswith("Nach 48 Stunden aufgegeben. Der Mailserver nimmt")


def test_mail_that_cannot_be_built_does_not_stop_the_others(sink, caplog):
    broken, good = put("1", to="keine Adresse"), put("2")
    sender.sweep()
    assert state(broken) == ("failed", 1)
    assert "lässt sich nicht aufbauen" in broken.last_error
    assert state(good) == ("sent", 1)
    assert "cannot be built" in caplog.text


def test_mail_of_a_sender_that_died_is_sent_by_the_next_with_the_same_id(sink):
    message = put()
    sender.claim()
    sender.sweep()
    assert state(message) == ("sending", 1)
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sender.sweep()
    assert state(message) == ("sent", 2)
    assert [mail["Message-ID"] for mail in sink.mails] == [message.message_id]


def test_sender_that_was_paused_leaves_mails_that_another_took(sink):
    message = put()
    taken = sender.claim()
    Message.objects.update(claim=uuid4().hex)
    assert sender._deliver(taken, sender.Line())
    assert state(message) == ("sending", 1)
    assert sink.deliveries == []


def test_sender_that_was_paused_does_not_overwrite_the_outcome_of_another(sink):
    message = put()
    (taken,) = sender.claim()
    sent_at = timezone.now()
    Message.objects.update(status="sent", claim="", lease_until=None, sent_at=sent_at)
    sender._fail(taken, "550")
    assert state(message) == ("sent", 1)
    assert message.sent_at == sent_at


@pytest.mark.django_db(transaction=True)
def test_claim_gives_each_mail_to_one_sender():
    count, taken = 200, []
    for number in range(count):
        put(str(number))

    def claimer():
        try:
            while batch := sender.claim():
                taken.extend(message.pk for message in batch)
        finally:
            connection.close()

    threads = [Thread(target=claimer) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == count


def test_claim_reads_the_attachments_of_a_batch_at_once(django_assert_num_queries):
    for number in range(3):
        put(str(number))
    with django_assert_num_queries(6):  # savepoint, select, update, release, messages, attachments
        assert len(sender.claim()) == 3


@pytest.mark.parametrize("backend", ["dummy", "locmem", "filebased"])
def test_sweep_works_with_any_mail_backend_of_django(settings, tmp_path, backend):
    settings.SMTP_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    message = put()
    sender.sweep()
    assert state(message) == ("sent", 1)
