import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Attachment, Message
from portal.members.models import Body
from tests.cast import CAST

OFFICE = ("lead", "staff", "clerk")


def mail_of(group, **fields):
    number = Message.objects.count()
    text = (
        "Guten Tag,\n\nhttp://localhost:8000/antwort/geheimes-zeichen/?antwort=zusage\n/abbestellen/geheimes-zeichen/"
    )
    return Message.objects.create(
        **{
            "key": f"key:{number}",
            "kind": "Einladung",
            "to": "dahlmann@example.org",
            "to_name": "Kim Dahlmann",
            "subject": f"Einladung {number}",
            "text": text,
            "group": group.pk,
            **fields,
        }
    )


@pytest.mark.parametrize("name", CAST)
def test_outbox_is_for_the_office_of_the_group(client, person_of, name, group):
    mail = mail_of(group)
    person = person_of(name)
    if person.is_authenticated:
        client.force_login(person)
    response = client.get(reverse("office:outbox"))
    one = client.get(reverse("office:message", args=[mail.pk]))
    if name in OFFICE:
        assert mail.subject in response.content.decode()
        assert one.status_code == 200
    elif name == "anonymous":
        assert response.status_code == one.status_code == 302
    elif name == "second_group_member":
        assert mail.subject not in response.content.decode()
        assert one.status_code == 404
    else:
        assert response.status_code == one.status_code == 403


def test_message_hides_personal_links(client, staff, group):
    client.force_login(staff)
    page = client.get(reverse("office:message", args=[mail_of(group).pk])).content.decode()
    assert "geheimes-zeichen" not in page
    assert "/antwort/…" in page
    assert "/abbestellen/…" in page


def test_secret_mail_is_never_shown(client, lead, group):
    mail = mail_of(group, secret=True, subject="Zugang")
    client.force_login(lead)
    assert "Zugang</a>" not in client.get(reverse("office:outbox")).content.decode()
    assert client.get(reverse("office:message", args=[mail.pk])).status_code == 404


def test_outbox_filters_by_state(client, lead, group):
    mail_of(group, subject="Liegt noch")
    mail_of(group, subject="Ging nicht", status="failed", last_error="Die Adresse gibt es nicht.")
    client.force_login(lead)
    page = client.get(reverse("office:outbox"), {"zustand": "failed"}).content.decode()
    assert "Ging nicht" in page
    assert "Liegt noch" not in page


def test_outbox_tells_why_a_mail_waits_or_came_back(client, lead, group):
    mail_of(group, last_error="Der Mailserver antwortet nicht.")
    back = {"returned_at": timezone.now(), "return_reason": "Das Postfach ist voll."}
    mail_of(group, status="sent", sent_at=timezone.now(), **back)
    client.force_login(lead)
    page = client.get(reverse("office:outbox")).content.decode()
    assert "Der Mailserver antwortet nicht." in page
    assert "Das Postfach ist voll." in page


@pytest.mark.parametrize("mails", [1, 3])
def test_outbox_takes_the_same_queries_for_any_number(client, lead, group, mails, django_assert_num_queries):
    for _ in range(mails):
        mail_of(group)
    client.force_login(lead)
    client.get(reverse("office:outbox"))  # the first visit notes the time in the session
    with django_assert_num_queries(7):
        client.get(reverse("office:outbox"))


def test_retry_sends_a_dead_mail_again(client, clerk, group):
    mail = mail_of(group, status="failed", last_error="Die Adresse gibt es nicht.")
    client.force_login(clerk)
    assert client.get(reverse("office:retry", args=[mail.pk])).status_code == 405
    client.post(reverse("office:retry", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.status == "queued"
    assert Line.objects.get().verb == "E-Mail erneut gesendet"


def test_retry_leaves_a_sent_mail_alone(client, clerk, group):
    mail = mail_of(group, status="sent", sent_at=timezone.now())
    client.force_login(clerk)
    client.post(reverse("office:retry", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.status == "sent"
    assert not Line.objects.exists()


def test_attachment_belongs_to_its_mail(client, staff, group):
    mail, other = mail_of(group), mail_of(group)
    file = Attachment.objects.create(sha256="1", name="einladung.pdf", content_type="application/pdf", content=b"%PDF")
    mail.attachments.add(file)
    client.force_login(staff)
    response = client.get(reverse("office:attachment", args=[mail.pk, file.pk]))
    assert (response.content, response["Content-Disposition"]) == (b"%PDF", 'attachment; filename="einladung.pdf"')
    assert client.get(reverse("office:attachment", args=[other.pk, file.pk])).status_code == 404


@pytest.mark.parametrize("name", [name for name in CAST if name not in {"lead", "second_group_member", "anonymous"}])
def test_body_is_for_the_lead(client, person_of, name, body):
    client.force_login(person_of(name))
    assert client.post(reverse("office:body"), {"name": "Stadt Anders"}).status_code == 403
    assert Body.objects.get().name == body.name


def test_body_post_changes_the_letterhead(client, lead):
    client.force_login(lead)
    client.post(reverse("office:body"), {"name": "Stadt Anders", "website": "www.example.org"})
    assert (Body.objects.get().name, Body.objects.get().website) == ("Stadt Anders", "https://www.example.org")
    assert Line.objects.get().actor == lead


def test_body_post_without_name_keeps_what_was_typed(client, lead):
    client.force_login(lead)
    response = client.post(reverse("office:body"), {"name": "", "city": "Neustadt"})
    assert response.status_code == 422
    assert 'value="Neustadt"' in response.content.decode()
