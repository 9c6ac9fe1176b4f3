"""The Systemverwaltung: for superusers, behind the portal's sign-in, without content, and on the trail."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail import kick
from portal.mail.models import Heartbeat, Job, Message
from portal.members.models import Membership, Person, Role
from portal.office import health
from portal.office.admin import site
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
PEOPLE, PERSON = "admin:members_person_changelist", "admin:members_person_change"
SEATS, SEAT, APPOINT = (f"admin:members_membership_{page}" for page in ("changelist", "change", "add"))
MAILS, TRAIL, OPERATION = "admin:mail_message_changelist", "admin:audit_line_changelist", "admin:operation"
SWEEP = "portal.mail.tasks.sweep"


@pytest.fixture
def admin(client, superuser):
    client.force_login(superuser)
    return client


def verbs():
    return list(Line.objects.exclude(kind="refusal").order_by("pk").values_list("verb", flat=True))


def person_data(person, **changes):
    fields = ("salutation", "title", "first_name", "last_name", "email")
    boxes = {name: "on" for name in ("is_active", "is_superuser") if getattr(person, name)}
    data = {name: getattr(person, name) for name in fields} | boxes | changes
    return {name: value for name, value in data.items() if value is not None}


def mail(**fields):
    return Message.objects.create(
        **{"key": "k", "kind": "Einladung", "to": "geheim@example.org", "to_name": "Kim Geheim", "subject": "Marker"}
        | fields
    )


def test_no_second_way_in_and_no_content_is_registered():
    for name in ("login", "logout", "password_change", "app_list", "autocomplete"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}")
    rooms = {model._meta.label for model in site._registry}
    assert rooms == {"members.Person", "members.Membership", "mail.Message", "audit.Line"}


@pytest.mark.parametrize("name", [PEOPLE, SEATS, APPOINT, MAILS, TRAIL, OPERATION, "admin:index"])
def test_pages_are_german(admin, name, delegate):
    page = admin.get(reverse(name)).content.decode()
    for english in ("Site administration", "Home", "Log out", "Add ", "Select ", "Search<", "Filter by"):
        assert f">{english}" not in page, english
    assert "Systemverwaltung" in page


def test_superuser_sees_the_link_and_others_do_not(admin, client, lead):
    address = reverse("admin:index")
    assert address in admin.get(reverse("home:start")).content.decode()
    client.force_login(lead)
    assert address not in client.get(reverse("home:start")).content.decode()


def test_the_second_factor_is_asked_for_here_too(admin, settings):
    settings.SECOND_FACTOR_ROLES = ["superuser"]
    assert admin.get(reverse("admin:index")).url == reverse("members:sign_in")


def test_closing_an_account_ends_its_sign_in(admin, client, superuser, delegate):
    other = type(client)()
    other.force_login(delegate)
    data = person_data(delegate)
    del data["is_active"]
    assert admin.post(reverse(PERSON, args=[delegate.pk]), data).status_code == 302
    assert not Person.objects.get(pk=delegate.pk).is_active
    assert other.get(reverse("meetings:list")).status_code == 302
    assert verbs() == ["Zugang geschlossen"]
    assert not LogEntry.objects.exists()


def test_a_new_address_is_taken(admin, delegate):
    admin.post(reverse(PERSON, args=[delegate.pk]), person_data(delegate, email="neu@example.org"))
    assert EmailAddress.objects.get(user=delegate).email == "neu@example.org"
    assert verbs() == ["E-Mail-Adresse geändert"]


def test_an_address_of_somebody_else_is_refused_in_german(admin, delegate, lead):
    answer = admin.post(reverse(PERSON, args=[delegate.pk]), person_data(delegate, email=lead.email.upper()))
    assert "gehört schon zu einer Person" in answer.content.decode()
    assert verbs() == []


def test_nobody_locks_themselves_out(admin, superuser):
    data = person_data(superuser)
    del data["is_superuser"]
    answer = admin.post(reverse(PERSON, args=[superuser.pk]), data)
    assert "nur jemand anderes" in answer.content.decode()
    assert Person.objects.get(pk=superuser.pk).is_superuser


@pytest.mark.parametrize("field", ["password", "id", "sort_key", "last_login"])
def test_extra_fields_change_nothing(admin, delegate, field):
    before = getattr(Person.objects.get(pk=delegate.pk), field)
    admin.post(reverse(PERSON, args=[delegate.pk]), person_data(delegate, **{field: "x"}))
    assert getattr(Person.objects.get(pk=delegate.pk), field) == before


def test_access_link_goes_to_those_who_have_not_come_in(admin, delegate, other_delegate, stranger):
    delegate.set_unusable_password()
    delegate.save()
    people = [delegate.pk, other_delegate.pk, stranger.pk]
    answer = admin.post(reverse(PEOPLE), {"action": "send_access", "_selected_action": people}, follow=True)
    assert [message.to for message in Message.objects.all()] == [delegate.email]
    assert verbs() == ["Zugangslink verschickt"]
    assert "Passwort vergessen" in answer.content.decode()


def test_appointing_oneself_opens_the_content_and_is_on_the_trail(admin, superuser, group, item):
    assert admin.get(item.get_absolute_url()).status_code == 404
    data = {"person": superuser.pk, "organization": group.pk, "role": Role.STAFF, "start_date": timezone.localdate()}
    assert admin.post(reverse(APPOINT), data).status_code == 302
    assert admin.get(item.get_absolute_url()).status_code == 200
    line = Line.objects.get(verb="Mitglied berufen")
    assert (line.actor, line.door, line.organization_id) == (superuser, "admin", group.pk)


def test_a_taken_seat_is_refused_in_german(admin, group, delegate, fraktion):
    data = {
        "person": PersonFactory().pk,
        "organization": group.pk,
        "role": Role.DELEGATE,
        "on_behalf_of": fraktion.pk,
        "start_date": timezone.localdate(),
    }
    answer = admin.post(reverse(APPOINT), data, follow=True)
    assert "hat in dieser Zeit bereits eine delegierte Person" in answer.content.decode()
    assert verbs() == []


def test_ending_a_seat_closes_the_content(admin, client, delegate, item):
    seat = delegate.memberships.get()
    admin.post(reverse(SEAT, args=[seat.pk]), {"end_date": timezone.localdate()})
    assert Membership.objects.get(pk=seat.pk).end_date == timezone.localdate()
    assert verbs() == ["Mitgliedschaft beendet"]
    client.force_login(delegate)
    assert client.get(item.get_absolute_url()).status_code == 404


def test_an_ended_seat_is_shown_and_cannot_be_changed(admin, former):
    seat = former.memberships.get()
    page = admin.get(reverse(SEAT, args=[seat.pk]))
    assert page.status_code == 200
    assert 'name="end_date"' not in page.content.decode()
    admin.post(reverse(SEAT, args=[seat.pk]), {"end_date": timezone.localdate() + timedelta(days=9)})
    assert Membership.objects.get(pk=seat.pk).end_date == seat.end_date


def test_mails_show_their_state_and_nothing_else(admin):
    mail(status="failed", last_error="Der Mailserver lehnt die Nachricht ab: 550 <geheim@example.org> unknown")
    page = admin.get(reverse(MAILS)).content.decode()
    assert "550 &lt;…&gt; unknown" in page
    for marker in ("Marker", "geheim@example.org", "Kim Geheim"):
        assert marker not in page


def test_dead_mails_are_sent_again_and_the_answer_names_none(admin, group):
    dead, waiting = mail(status="failed", group=group.pk), mail(key="other")
    chosen = {"action": "send_again", "_selected_action": [dead.pk, waiting.pk]}
    page = admin.post(reverse(MAILS), chosen, follow=True).content.decode()
    assert "1 E-Mails gehen erneut hinaus" in page
    assert "Marker" not in page
    dead.refresh_from_db()
    assert dead.status == "queued"
    assert verbs() == ["E-Mail erneut gesendet"]


@pytest.mark.parametrize(
    "page",
    [
        "mail_message_change",
        "mail_message_add",
        "audit_line_change",
        "members_person_add",
        "members_person_delete",
        "members_person_history",
    ],
)
def test_pages_that_show_or_destroy_more_do_not_exist(page):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{page}", args=["1"] if not page.endswith("add") else [])


def test_every_line_of_the_trail_is_listed(admin, superuser, delegate):
    admin.post(reverse(PERSON, args=[delegate.pk]), person_data(delegate, title="Dr."))
    page = admin.get(reverse(TRAIL), {"q": "Name geändert"}).content.decode()
    assert "Name geändert" in page
    assert str(delegate.pk) in page


def test_operation_tells_what_is_wrong(admin):
    assert health.all_signs()[0].is_good is False
    Heartbeat.objects.create(name="mail", at=timezone.now())
    mail(status="failed")
    mail(key="late", not_before=timezone.now() - timedelta(hours=1))
    states = {sign.name: sign.is_good for sign in health.all_signs()}
    assert states == {
        "Hintergrunddienst": True,
        "Postausgang": False,
        "Nicht zustellbare E-Mails": False,
        "Verlauf": True,
        "Prüfung des Verlaufs": True,
    }
    assert "bitte prüfen" in admin.get(reverse(OPERATION)).content.decode()


def test_a_task_is_switched_off_and_on_once(admin):
    address = reverse("admin:operate", args=[SWEEP])
    for _ in range(2):
        admin.post(address, {"switch": "off"})
    assert not Job.objects.get(name=SWEEP).is_on
    assert "ausgeschaltet" in admin.get(reverse(OPERATION)).content.decode()
    admin.post(address, {"switch": "on"})
    assert verbs() == ["Aufgabe ausgeschaltet", "Aufgabe eingeschaltet"]
    assert admin.get(address).status_code == 405


def test_a_task_is_run_now(admin, settings):
    with kick._publisher(settings.CELERY_BROKER_URL).app.connection_for_write() as broker:
        broker.default_channel.queue_purge("mail")
        admin.post(reverse("admin:operate", args=["portal.audit.tasks.examine"]), {"run": "1"})
        assert broker.default_channel.basic_get("mail").headers["task"] == "portal.audit.tasks.examine"
    assert verbs() == ["Aufgabe von Hand gestartet"]


def test_without_broker_nothing_is_started_and_the_reader_is_told(admin, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = admin.post(reverse("admin:operate", args=[SWEEP]), {"run": "1"}, follow=True)
    assert "nicht erreichbar" in answer.content.decode()
    assert verbs() == []


def test_a_task_outside_of_the_timetable_cannot_be_run(admin):
    assert admin.post(reverse("admin:operate", args=["os.system"]), {"run": "1"}).status_code == 404
