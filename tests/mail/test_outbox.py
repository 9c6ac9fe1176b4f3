from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.template import TemplateDoesNotExist

from portal.mail import kick, outbox
from portal.mail.models import Attachment, Message
from tests.mail.example import ANNE, put, request

PDF = outbox.Attachment("einladung.pdf", "application/pdf", b"%PDF-1.7")
HOSTILE = ["\r\nBcc: x@example.org", "\n.\nMAIL FROM:<x>", "\x00", "\v", "\x85", "\u2028", "\u2029"]


@pytest.mark.django_db
def test_put_writes_one_message_with_text_and_html(settings):
    settings.BASE_URL = "https://ak.example.org"
    message = put()
    assert (message.to, message.status, message.attempts) == (ANNE, "queued", 0)
    assert "lädt Sie ein zu OZG & Verträge." in message.text
    assert "lädt Sie ein zu OZG &amp; Verträge." in message.html
    assert "https://ak.example.org/antwort/abc/" in message.text
    assert 'href="https://ak.example.org/antwort/xyz/"' in message.html
    assert "<title>Einladung: 3. Sitzung</title>" in message.html


@pytest.mark.django_db
def test_put_leaves_no_holes_in_the_text():
    text = put().text
    assert text.startswith("Guten Tag")
    assert "\n\n\n" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.django_db
def test_put_twice_with_the_same_key_changes_nothing():
    first = put(subject="Einladung")
    again = put(subject="Etwas anderes", template="does/not/exist")
    assert again == first
    assert again.subject == "Einladung"
    assert Message.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("hostile", HOSTILE)
def test_put_cleans_what_goes_into_headers(hostile):
    message = put(subject=f"Sitzung{hostile}", to_name=f"Anne{hostile}", context={"name": f"Anne{hostile}"})
    for value in (message.subject, message.to_name):
        assert value.splitlines() == [value]
        assert value.isprintable()
    assert "\x00" not in message.text + message.html


@pytest.mark.django_db
def test_put_shortens_a_subject_that_is_too_long():
    assert len(put(subject="Haushalt " * 100).subject) <= 250


@pytest.mark.django_db
def test_put_fails_without_template_and_writes_nothing():
    with pytest.raises(TemplateDoesNotExist):
        put(template="does/not/exist")
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_put_keeps_the_bytes_of_the_calendar():
    calendar = request(summary="Sitzung für Bürgerämter")
    message = put(calendar=calendar)
    message.refresh_from_db()
    assert (message.calendar_method, message.calendar.encode()) == ("REQUEST", calendar.ics)


@pytest.mark.django_db
def test_put_keeps_an_attachment_once_for_all_mails():
    first, second = put("1", attachments=[PDF]), put("2", attachments=[PDF, PDF])
    assert Attachment.objects.count() == 1
    for message in (first, second):
        assert [bytes(file.content) for file in message.attachments.all()] == [PDF.content]


@pytest.mark.django_db
def test_put_takes_the_same_bytes_under_two_names_for_two_attachments():
    other = outbox.Attachment("tagesordnung.pdf", PDF.content_type, PDF.content)
    message = put(attachments=[PDF, other])
    assert [file.name for file in message.attachments.all()] == ["einladung.pdf", "tagesordnung.pdf"]


@pytest.mark.django_db
def test_put_wakes_the_sender_only_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        put()
        put()
    assert callbacks == [kick.kick]


@pytest.mark.django_db(transaction=True)
def test_put_leaves_nothing_behind_when_the_caller_fails():
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_put_at_the_same_moment_writes_one_message():
    keys, results = 10, []
    barrier = Barrier(8, timeout=10)

    def writer():
        try:
            barrier.wait()
            for number in range(keys):
                with transaction.atomic():
                    results.append(put(f"invitation:{number}", attachments=[PDF]).pk)
                    results.append(put(f"invitation:{number}").pk)
        finally:
            connection.close()

    run(writer, times=8)
    assert len(results) == 8 * keys * 2
    assert Message.objects.count() == len(set(results)) == keys
    assert Attachment.objects.count() == 1
    assert Message.attachments.through.objects.count() == keys


@pytest.mark.django_db(transaction=True)
def test_put_at_the_same_moment_keeps_a_file_of_many_mails_once():
    failures = []
    barrier = Barrier(8, timeout=10)

    def writer():
        try:
            for number in range(10):
                file = outbox.Attachment(f"{number}.pdf", PDF.content_type, PDF.content)
                barrier.wait()
                put(str(uuid4()), attachments=[file])
        except Exception as error:
            failures.append(error)
            barrier.abort()
        finally:
            connection.close()

    run(writer, times=8)
    assert failures == []
    assert Attachment.objects.count() == 10
    assert Message.attachments.through.objects.count() == 80


@pytest.mark.django_db
def test_store_leaves_the_message_of_a_quicker_writer_alone(django_capture_on_commit_callbacks):
    first = put(attachments=[PDF])
    late = Message(key=first.key, kind=first.kind, to="late@example.org", subject="Zu spät", text="Zu spät")
    with django_capture_on_commit_callbacks() as callbacks:
        assert outbox.store(late, [outbox.Attachment("zu-spät.pdf", PDF.content_type, PDF.content)]) == first
    first.refresh_from_db()
    assert (first.to, first.subject, first.attachments.count()) == (ANNE, "Einladung: 3. Sitzung", 1)
    assert callbacks == []


@pytest.mark.django_db
def test_retry_queues_a_dead_mail_again(django_capture_on_commit_callbacks):
    message = put()
    Message.objects.filter(pk=message.pk).update(status="failed", attempts=9, last_error="550 unbekannt")
    with django_capture_on_commit_callbacks() as callbacks:
        assert outbox.retry(message)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("queued", 0, "")
    assert callbacks == [kick.kick]


@pytest.mark.django_db
def test_retry_leaves_living_and_secret_mails_alone():
    living, secret = put("1"), put("2", secret=True)
    Message.objects.filter(pk=secret.pk).update(status="failed", text="", html="")
    assert not outbox.retry(living)
    assert not outbox.retry(secret)


def run(target, *, times):
    """Run the target in threads side by side."""
    threads = [Thread(target=target) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
