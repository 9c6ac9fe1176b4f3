import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail

from portal.mail import sender
from portal.mail.models import Message

pytestmark = pytest.mark.django_db


def test_mail_of_django_becomes_a_hurried_secret_message():
    assert send_mail("Ihr Code", "123456", None, ["a@example.org"], html_message="<b>123456</b>") == 1
    message = Message.objects.get()
    assert (message.to, message.subject, message.text, message.html) == (
        "a@example.org",
        "Ihr Code",
        "123456",
        "<b>123456</b>",
    )
    assert (message.kind, message.priority, message.secret, message.status) == ("Konto", True, True, "queued")


def test_mail_of_django_to_several_becomes_one_message_each():
    EmailMessage("Betreff", "Text", to=["a@example.org"], cc=["b@example.org"], bcc=["c@example.org"]).send()
    assert sorted(Message.objects.values_list("to", flat=True)) == ["a@example.org", "b@example.org", "c@example.org"]


def test_mail_of_django_with_attachment_is_refused_instead_of_losing_it():
    mail = EmailMultiAlternatives("Betreff", "Text", to=["a@example.org"])
    mail.attach("a.txt", "Inhalt", "text/plain")
    with pytest.raises(ValueError, match="attachments"):
        mail.send()
    assert not Message.objects.exists()


def test_code_leaves_nothing_behind_when_it_is_handed_over(sink):
    send_mail("Ihr Code", "123456", None, ["a@example.org"], html_message="<b>123456</b>")
    sender.sweep()
    message = Message.objects.get()
    assert (message.status, message.text, message.html) == ("sent", "", "")
    assert "123456" in sink.mails[0].get_body(("plain",)).get_content()


def test_code_leaves_nothing_behind_when_it_is_refused(start_sink):
    start_sink(rcpt=["550 unbekannt"])
    send_mail("Ihr Code", "123456", None, ["a@example.org"])
    sender.sweep()
    message = Message.objects.get()
    assert (message.status, message.text) == ("failed", "")
