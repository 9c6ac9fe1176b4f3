"""The pages of date polls, and the page behind the link of a mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.meetings.models import DatePoll, Meeting
from portal.members.models import Role
from tests.cast import CAST, MEMBERS
from tests.factories import DatePollFactory, LocationFactory, MembershipFactory, evening
from tests.meetings.letters import mails
from tests.meetings.pages import sign_in, text_of, url
from tests.meetings.polling import end_of_all, option, said, says, typed

pytestmark = pytest.mark.django_db
GONE = "Dieser Link gilt nicht mehr"
CREATE = "/terminumfragen/neu/"


@pytest.fixture
def poll(group, lead, delegate, other_delegate):
    return DatePollFactory(organization=group, title="Klausur", asked=[lead, delegate, other_delegate])


# Offering -------------------------------------------------------------------------------------------------------------


def test_form_says_who_will_be_asked_and_asks_them(client, lead, delegate, deputy, staff):
    delegate.email = None
    delegate.save()
    place = LocationFactory()
    client.force_login(lead)
    page = text_of(client.get(CREATE))
    assert "2 Personen erhalten eine E-Mail" in page
    assert f"Ohne E-Mail, bitte anders fragen: {delegate.get_full_name()}." in page
    response = client.post(CREATE, typed(location=place.pk, minutes_2="45"), follow=True)
    poll = DatePoll.objects.get()
    assert response.redirect_chain == [(poll.get_absolute_url(), 302)]
    assert "Die Terminumfrage ist verschickt." in text_of(response)
    assert (poll.title, poll.location, poll.created_by) == ("Klausurtagung", place, lead)
    assert [one.end - one.start for one in poll.options.all()] == [timedelta(hours=2), timedelta(minutes=45)]
    assert {mail.person for mail in mails()} == {lead.pk, staff.pk}
    client.post(CREATE, typed(location=place.pk, minutes_2="45"))
    assert DatePoll.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"title": ""}, "title", "Geben Sie an, worum es geht."),
        ({"day_2": ""}, "day_2", "2. Termin: Geben Sie das Datum ein."),
        ({"day_2": "", "starts_2": ""}, "day_2", "Bieten Sie mindestens 2 Termine an."),
        ({"starts_3": "18:00"}, "day_3", "3. Termin: Geben Sie das Datum ein."),
        ({"starts_2": ""}, "starts_2", "Geben Sie den Beginn ein."),
        ({"starts_2": "abends"}, "starts_2", "Geben Sie den Beginn wie 17:00 ein."),
        ({"day_2": "bald"}, "day_2", "Geben Sie ein Datum wie 26.11.2026 ein."),
        ({"minutes_2": "5"}, "minutes_2", "Die Dauer muss mindestens 15 Minuten sein."),
        ({"minutes_2": "900"}, "minutes_2", "Die Dauer darf höchstens 720 Minuten sein."),
        ({"day_2": f"{evening(days=21):%Y-%m-%d}"}, "day_2", "Diesen Termin bieten Sie schon an."),
        ({"day_2": f"{evening(days=-1):%Y-%m-%d}"}, "day_2", "Dieser Termin liegt in der Vergangenheit."),
        ({"answer_by": f"{evening(days=-1):%Y-%m-%d}"}, "answer_by", "Dieser Tag liegt in der Vergangenheit."),
        ({"answer_by": f"{evening(days=21):%Y-%m-%d}"}, "answer_by", "Die Antworten müssen vor dem ersten Termin"),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_nothing_is_lost(client, lead, wrong, field, words):
    client.force_login(lead)
    response = client.post(CREATE, typed(**wrong))
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    page = text_of(response)
    assert f'id="id_{field}_error"' in page
    assert f'value="{evening(days=28) if "day_2" not in wrong else evening(days=21):%Y-%m-%d}"' in page
    assert not DatePoll.objects.exists()


def test_hour_that_does_not_exist_is_refused(client, lead):
    client.force_login(lead)
    year = timezone.localdate().year + 1
    sunday = max(day for day in range(25, 32) if timezone.datetime(year, 3, day).weekday() == 6)
    response = client.post(CREATE, typed(day_2=f"{year}-03-{sunday}", starts_2="02:30"))
    assert "Die Uhren werden umgestellt." in text_of(response)


def test_lead_of_two_groups_chooses_which(client, lead, group):
    other = MembershipFactory(person=lead, role=Role.LEAD).organization
    client.force_login(lead)
    assert client.post(CREATE, typed()).status_code == 422
    assert other.name in text_of(client.get(CREATE))
    client.post(CREATE, typed(organization=other.pk))
    assert DatePoll.objects.get().organization == other


def test_extra_fields_change_nothing(client, lead, staff, group):
    client.force_login(staff)
    extra = {"state": "decided", "created_by": lead.pk, "organization": MembershipFactory().organization.pk}
    client.post(CREATE, typed(**extra))
    poll = DatePoll.objects.get()
    assert (poll.state, poll.created_by, poll.organization) == ("open", staff, group)


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CAST)
def test_names_and_answers_are_seen_by_members_alone(client, poll, person_of, delegate, name):
    says(poll, delegate, "maybe", "no")
    sign_in(client, person_of(name))
    response = client.get(poll.get_absolute_url())
    if name not in MEMBERS:
        assert response.status_code == (302 if name == "anonymous" else 404)
        return
    page = text_of(response)
    assert delegate.get_full_name() in page
    assert "0 ja, 1 wenn nötig, 0 nein, 2 offen · 1 von 2 Fraktionen" in page
    assert ("Wann können Sie?" in page) is (name in {"lead", "delegate", "other_delegate"})
    assert ("Festlegen" in page) is (name in {"lead", "staff", "clerk"})
    assert ("Festlegen und einladen" in page) is (name in {"lead", "clerk"})


def test_answer_in_the_portal_is_kept_and_changed(client, poll, delegate):
    client.force_login(delegate)
    first, second = (option(poll, place).pk.hex for place in (1, 2))
    response = client.post(poll.get_absolute_url(), {first: "yes", second: "maybe"}, follow=True)
    assert "Ihre Antwort ist gespeichert." in text_of(response)
    client.post(poll.get_absolute_url(), {first: "no"})
    assert said(poll, delegate) == ["no", "maybe"]


def test_empty_and_wrong_answers_are_told_and_nothing_is_lost(client, poll, delegate):
    client.force_login(delegate)
    first, second = (option(poll, place).pk.hex for place in (1, 2))
    response = client.post(poll.get_absolute_url(), {})
    assert response.status_code == 422
    assert "Wählen Sie bei mindestens einem Termin eine Antwort." in text_of(response)
    response = client.post(poll.get_absolute_url(), {first: "vielleicht", second: "maybe"})
    assert "Wählen Sie „Ja“, „Wenn nötig“ oder „Nein“." in text_of(response)
    assert response.context["form"][second].value() == "maybe"
    assert said(poll, delegate) == ["", ""]


@pytest.mark.parametrize("name", ["deputy", "staff"])
def test_members_who_are_not_asked_cannot_answer(client, poll, person_of, name):
    client.force_login(person_of(name))
    assert client.post(poll.get_absolute_url(), {option(poll).pk.hex: "yes"}).status_code == 403


def test_answer_that_comes_too_late_is_told_so(client, poll, delegate):
    end_of_all(poll)
    client.force_login(delegate)
    response = client.post(poll.get_absolute_url(), {option(poll).pk.hex: "yes"}, follow=True)
    assert "Ihre Antwort ist nicht gespeichert" in text_of(response)
    assert "Alle Termine vorbei" in text_of(response)


@pytest.mark.parametrize("name", ["lead", "staff", "clerk"])
@pytest.mark.parametrize("invite", [{}, {"invite": "1"}])
def test_choosing_leads_to_the_draft_or_the_invitation(client, poll, person_of, name, invite):
    client.force_login(person_of(name))
    sent = {"option": option(poll, 2).pk, **invite}
    response, again = (client.post(url("poll_decide", poll), sent) for _ in range(2))
    meeting = Meeting.objects.get()
    goes_on = invite and name != "staff"
    assert response.url == again.url == (url("invite", meeting) if goes_on else meeting.get_absolute_url())
    assert len(mails()) == 3


def test_choosing_says_what_is_in_the_way(client, poll, lead):
    client.force_login(lead)
    response = client.post(url("poll_decide", poll), {"option": "unsinn"}, follow=True)
    assert "Wählen Sie einen der Termine." in text_of(response)
    response = client.post(url("poll_decide", poll), {"option": option(DatePollFactory()).pk}, follow=True)
    assert "Dieser Termin ist vorbei oder zurückgenommen." in text_of(response)
    assert not Meeting.objects.exists()


def test_decided_poll_names_the_date_and_the_draft_only_to_the_office(client, poll, lead, delegate):
    client.force_login(lead)
    client.post(url("poll_decide", poll), {"option": option(poll).pk})
    meeting = Meeting.objects.get()
    assert meeting.get_absolute_url() in text_of(client.get(poll.get_absolute_url()))
    client.force_login(delegate)
    page = text_of(client.get(poll.get_absolute_url()))
    assert "Der Termin steht fest" in page
    assert meeting.get_absolute_url() not in page


def test_calling_off_asks_for_a_reason_and_shows_it(client, poll, staff, delegate):
    client.force_login(staff)
    assert "3 Personen erfahren per E-Mail" in text_of(client.get(url("poll_call_off", poll)))
    assert client.post(url("poll_call_off", poll), {"reason": " "}).status_code == 422
    client.post(url("poll_call_off", poll), {"reason": "Zu viele\nAbsagen"})
    again = client.get(url("poll_call_off", poll), follow=True)
    assert "Diese Terminumfrage ist schon beendet." in text_of(again)
    client.force_login(delegate)
    assert "Zu viele<br>Absagen" in text_of(client.get(poll.get_absolute_url()))


def test_list_shows_what_runs_and_what_was(client, poll, group, delegate):
    over = DatePollFactory(organization=group, title="Vorbei")
    end_of_all(over)
    DatePollFactory(title="Anderswo")
    client.force_login(delegate)
    response = client.get("/terminumfragen/")
    assert [list(response.context["running"]), list(response.context["page"])] == [[poll], [over]]
    page = text_of(response)
    assert "Ihre Antwort fehlt" in page
    assert "Termine anbieten" not in page
    assert "Anderswo" not in page
    says(poll, delegate, "yes")
    assert "Ihre Antwort fehlt" not in text_of(client.get("/terminumfragen/"))
