"""Postausgang, Posteingang and the page that says whether the mail runs."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from arbeitskreis.devservices import free_port
from portal.audit.models import Line
from portal.mail import sender, signs
from portal.mail.models import Incoming, Job, Message, Pause
from portal.office import health
from portal.office.actions import mail as actions
from tests.cast import CAST
from tests.factories import WorkingGroupFactory
from tests.mail.example import put
from tests.mail.example_templates import add_templates
from tests.meetings.pages import sign_in, text_of

pytestmark = pytest.mark.django_db
OPERATION = "office:operation"


@pytest.fixture
def mail(settings, group):
    add_templates(settings)
    return put(group=group.pk)


def test_nothing_leaves_while_sending_is_paused(mail, sink, lead):
    assert actions.pause(by=lead, reason="Umzug des Mailservers")
    sender.sweep()
    mail.refresh_from_db()
    assert (sink.deliveries, mail.status, mail.attempts) == ([], "queued", 0)
    assert actions.resume(by=lead)
    sender.sweep()
    mail.refresh_from_db()
    assert mail.status == "sent"
    assert Line.objects.filter(actor=lead, verb__startswith="Versand").count() == 2


def test_pause_stops_a_batch_that_is_under_way(mail, sink, lead, monkeypatch, group):
    second = put("2", group=group.pk)
    hand_over = sender._hand_over

    def then_pause(message, line):
        hand_over(message, line)
        actions.pause(by=lead, reason="Halt")

    monkeypatch.setattr(sender, "_hand_over", then_pause)
    sender.sweep()
    second.refresh_from_db()
    assert len(sink.deliveries) == 1
    assert (second.status, second.attempts) == ("queued", 0)


@pytest.mark.django_db(transaction=True)
def test_two_pauses_at_once_are_one(lead):
    done = []

    def run():
        try:
            done.append(actions.pause(by=lead, reason="Halt"))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == [False, False, False, True]
    assert Pause.objects.count() == 1


@pytest.mark.parametrize("name", CAST)
def test_lead_alone_pauses_and_resumes(client, body, name, person_of):
    sign_in(client, person_of(name))
    client.post(reverse("office:pause"), {"reason": "Halt"})
    is_lead = name in {"lead", "second_group_member"}
    assert Pause.objects.exists() == is_lead
    Pause.objects.get_or_create(pk=1, defaults={"by": person_of("lead").pk, "reason": "Halt"})
    client.post(reverse("office:resume"))
    assert Pause.objects.exists() != is_lead


def test_pause_needs_a_reason_and_shows_everywhere(client, lead, staff, delegate):
    client.force_login(lead)
    assert "Geben Sie an, warum" in text_of(client.post(reverse("office:pause"), {"reason": " "}))
    client.post(reverse("office:pause"), {"reason": "Umzug des Mailservers"})
    client.force_login(staff)
    for page in ("office:outbox", OPERATION):
        assert "Umzug des Mailservers" in text_of(client.get(reverse(page)))
    assert "Der Versand von E-Mails ist angehalten" in text_of(client.get("/"))
    client.force_login(delegate)
    assert "angehalten" not in text_of(client.get("/"))


def test_test_mail_goes_to_oneself_once_a_minute(client, staff, sink):
    client.force_login(staff)
    pages = {client.post(reverse("office:test_mail")).url for _ in range(2)}
    message = Message.objects.get()
    assert pages == {reverse("office:message", args=[message.pk])}
    sender.sweep()
    assert sink.deliveries[0].to == [staff.email]
    assert "Testnachricht" in sink.mails[0]["Subject"]


@pytest.mark.parametrize("name", CAST)
def test_office_alone_gets_a_test_mail(client, body, name, person_of):
    sign_in(client, person_of(name))
    client.post(reverse("office:test_mail"))
    assert Message.objects.exists() == (name in {"lead", "staff", "clerk", "second_group_member"})


def bad(group):
    return {sign.name for sign in health.of_mail([group.pk]) if not sign.is_good}


def test_health_names_what_does_not_run(group, settings, mail):
    settings.INBOUND_URL = "imap://a:b@localhost/INBOX"
    assert bad(group) == {"Hintergrunddienst", "Zeitplan", "Postfach"}
    signs.beat(signs.SENDER)
    signs.beat(signs.MAILBOX)
    Job.objects.create(name=health.ONLY_BY_TIMETABLE, ran_at=timezone.now())
    assert bad(group) == set()
    signs.beat(signs.MAILBOX, "Das Postfach antwortet nicht.")
    Message.objects.update(status="failed", last_error="550")
    assert bad(group) == {"Postfach", "Nicht zustellbare E-Mails"}


def test_health_names_a_broker_that_is_away(group, settings):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "Verbindung zum Hintergrunddienst" in bad(group)


def test_health_names_the_trouble_of_the_mail_server(group, mail, sink, settings):
    settings.EMAIL_PORT = free_port()
    sender.sweep()
    texts = {sign.name: sign.text for sign in health.of_mail([group.pk])}
    assert texts["Mailserver"] == "Der Mailserver nimmt keine Verbindung an."


def test_page_shows_all_signs(client, staff):
    client.force_login(staff)
    page = text_of(client.get(reverse(OPERATION)))
    for name in (
        "Versand",
        "Mailserver",
        "Verbindung zum Hintergrunddienst",
        "Hintergrunddienst",
        "Zeitplan",
        "Postfach",
    ):
        assert name in page


def test_outbox_is_searched_by_state_words_and_days(client, lead, group, settings, mail):
    add_templates(settings)
    put("2", group=group.pk, to="bert@example.org", to_name="Bert Blau", subject="Absage")
    old = put("3", group=group.pk, subject="Alt")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9), returned_at=timezone.now())
    client.force_login(lead)
    day = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"
    found = {
        query: {mail.subject for mail in client.get(f"{reverse('office:outbox')}?{query}").context["page"]}
        for query in (
            "suche=bert",
            "suche=absage",
            f"bis={day}",
            f"von={day}&suche=absage",
            "zustand=returned",
            "von=x",
        )
    }
    assert found == {
        "suche=bert": {"Absage"},
        "suche=absage": {"Absage"},
        f"bis={day}": {"Alt"},
        f"von={day}&suche=absage": {"Absage"},
        "zustand=returned": {"Alt"},
        "von=x": {mail.subject, "Absage", "Alt"},
    }


def test_dead_mail_goes_to_the_address_that_the_person_has_by_now(client, lead, delegate, group, settings):
    add_templates(settings)
    message = put(group=group.pk, to="alt@example.org", person=delegate.pk)
    Message.objects.update(status="failed", last_error="550")
    client.force_login(lead)
    client.post(reverse("office:retry", args=[message.pk]))
    message.refresh_from_db()
    assert (message.status, message.to) == ("queued", delegate.email)


@pytest.fixture
def came_in(group):
    return Incoming.objects.create(key="1", group=group.pk, subject="Frage", text="<b>Text</b>", sender="a@example.net")


def test_inbox_shows_ones_own_groups_and_what_belongs_to_none(client, lead, came_in):
    Incoming.objects.create(key="2", group=WorkingGroupFactory().pk, subject="Fremd")
    Incoming.objects.create(key="3", subject="Ohne Gruppe")
    client.force_login(lead)
    page = text_of(client.get(reverse("office:inbox")))
    assert ("Frage" in page, "Ohne Gruppe" in page, "Fremd" in page) == (True, True, False)


def test_mail_is_read_once_and_then_seen_to(client, staff, lead, came_in):
    client.force_login(staff)
    assert "Eine Nachricht ist eingegangen" in text_of(client.get("/"))
    page = client.get(reverse("office:incoming", args=[came_in.pk]))
    assert "&lt;b&gt;Text" in page.content.decode()
    for person in (staff, lead):
        client.force_login(person)
        client.post(reverse("office:settle", args=[came_in.pk]))
    came_in.refresh_from_db()
    assert came_in.done_by == staff.pk
    assert Line.objects.filter(verb="Eingang erledigt").count() == 1
    assert client.get(reverse("office:inbox"), {"zustand": "offen"}).context["page"].object_list.count() == 0


@pytest.mark.parametrize("name", CAST)
def test_office_of_the_group_alone_sees_to_it(client, body, name, person_of, came_in):
    sign_in(client, person_of(name))
    client.post(reverse("office:settle", args=[came_in.pk]))
    came_in.refresh_from_db()
    assert bool(came_in.done_at) == (name in {"lead", "staff", "clerk"})
