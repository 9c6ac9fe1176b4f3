"""What waits for each reader of the start page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings.models import Attendance, DatePoll, Meeting
from portal.members.models import RulesOfProcedure
from tests.cast import MEMBERS
from tests.factories import AttendanceFactory, DatePollFactory, MeetingFactory, MembershipFactory, MinutesFactory
from tests.home.meetings import over
from tests.meetings.polling import end_of_all, says

pytestmark = pytest.mark.django_db
START = "/"


@pytest.fixture
def page_of(client):
    """The start page as text, for one person."""

    def read(person):
        client.force_login(person)
        return " ".join(client.get(START).content.decode().split())

    return read


@pytest.fixture
def duties_of(client):
    """What waits for a person: title, badge, button and address."""

    def read(person):
        client.force_login(person)
        return [(duty.title, duty.badge, duty.button, duty.url) for duty in client.get(START).context["duties"]]

    return read


def test_nothing_waits_for_a_delegate_without_invitation(page_of, delegate):
    assert "Für Sie ist nichts offen" in page_of(delegate)


def test_question_above_is_not_called_nothing(page_of, delegate, meeting):
    AttendanceFactory(meeting=meeting, person=delegate)
    assert "Sonst ist für Sie nichts offen" in page_of(delegate)


def test_open_answers_of_later_meetings_wait(duties_of, delegate, group, meeting):
    later = MeetingFactory(organization=group, number=7, start=meeting.start + timedelta(days=30))
    for invited in (meeting, later):
        AttendanceFactory(meeting=invited, person=delegate)
    assert duties_of(delegate) == [
        (f"{later.label}: Ihre Antwort fehlt noch", "Antwort offen", "Antworten", later.get_absolute_url())
    ]
    Attendance.objects.update(answer="declined", answered_at=timezone.now())
    assert duties_of(delegate) == []


@pytest.mark.parametrize(
    ("days", "badge"),
    [
        (9, "Frist überschritten"),
        (11, "Heute ist der letzte Tag"),
        (12, "Noch 1 Tag"),
        (14, "Noch 3 Tage"),
        (42, "Noch 31 Tage"),
    ],
)
def test_drafts_wait_with_the_light_of_the_ladungsfrist(duties_of, lead, draft, days, badge):
    Meeting.objects.update(start=draft.start - timedelta(days=42 - days))
    invite = reverse("meetings:invite", args=[draft.pk])
    assert duties_of(lead) == [(f"{draft.label}: noch nicht eingeladen", badge, "Einladung prüfen", invite)]


def test_ladungsfrist_follows_the_rules_of_the_group(duties_of, lead, group, draft):
    for days, since in ((30, 20), (41, 10), (50, -1)):
        valid_from = timezone.localdate() - timedelta(days=since)
        RulesOfProcedure.objects.create(organization=group, valid_from=valid_from, invitation_days=days)
    assert [badge for _, badge, *_ in duties_of(lead)] == ["Heute ist der letzte Tag"]


@pytest.mark.parametrize("name", MEMBERS)
def test_drafts_wait_for_the_office_and_only_lead_and_clerk_invite(duties_of, person_of, name, draft):
    buttons = [button for *_, button, _ in duties_of(person_of(name))]
    expected = {"lead": ["Einladung prüfen"], "clerk": ["Einladung prüfen"], "staff": ["Entwurf ansehen"]}
    assert buttons == expected.get(name, [])


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate"])
def test_silent_people_wait_for_the_office(duties_of, person_of, name, meeting, other_delegate, deputy):
    AttendanceFactory(meeting=meeting, person=other_delegate)
    AttendanceFactory(meeting=meeting, person=deputy, answer="accepted")
    expected = [(f"{meeting.label}: Antworten fehlen", "1 offen", "Antworten ansehen", meeting.get_absolute_url())]
    assert duties_of(person_of(name)) == ([] if name == "delegate" else expected)


def test_silent_people_of_a_group_where_one_is_a_delegate_do_not_wait(duties_of, second_group_member, group, meeting):
    MembershipFactory(person=second_group_member, organization=group)
    AttendanceFactory(meeting=meeting)
    assert duties_of(second_group_member) == []


@pytest.mark.parametrize("name", MEMBERS)
def test_minutes_wait_for_the_clerk(duties_of, person_of, name, meeting):
    over(meeting)
    create = reverse("minutes:create", args=[meeting.pk])
    begin = (f"{meeting.label}: Niederschrift fehlt", "Offen", "Niederschrift beginnen", create)
    assert duties_of(person_of(name)) == ([begin] if name == "clerk" else [])


@pytest.mark.parametrize(("days", "badge"), [(17, "Offen"), (19, "Noch 2 Tage"), (22, "Frist überschritten")])
def test_minutes_wait_with_the_light_of_their_frist(duties_of, clerk, meeting, days, badge):
    over(meeting)
    ago = timezone.now() - timedelta(days=days)
    Meeting.objects.update(start=ago, end=ago + timedelta(hours=1))
    assert [found for _, found, *_ in duties_of(clerk)] == [badge]


def test_minutes_in_draft_wait_and_final_ones_do_not(duties_of, clerk, meeting):
    minutes = MinutesFactory(meeting=over(meeting))
    assert [(button, url) for *_, button, url in duties_of(clerk)] == [("Weiterschreiben", minutes.get_absolute_url())]
    minutes.state, minutes.finalised_at, minutes.finalised_by = "final", timezone.now(), clerk
    minutes.pdf, minutes.sha256 = b"%PDF", "0" * 64
    minutes.save()
    assert duties_of(clerk) == []


def test_button_of_missing_minutes_posts(page_of, clerk, meeting):
    over(meeting)
    assert f'<form method="post" action="{reverse("minutes:create", args=[meeting.pk])}">' in page_of(clerk)


@pytest.mark.parametrize(("name", "sees"), [("lead", True), ("clerk", True), ("staff", False), ("delegate", False)])
def test_meetings_that_nobody_closed_wait_for_lead_and_clerk(duties_of, person_of, name, sees, meeting):
    over(meeting, state="invited")
    assert [title for title, *_ in duties_of(person_of(name))] == ([f"{meeting.label}: nicht beendet"] if sees else [])


@pytest.mark.parametrize(("name", "sees"), [("staff", True), ("delegate", False), ("second_group_member", False)])
def test_failed_mails_wait_for_the_office_of_the_group(duties_of, person_of, name, sees, group):
    mail = {"to": "weg@example.org", "status": "failed"}
    Message.objects.create(key="1", kind="Einladung", subject="Einladung", group=group.pk, **mail)
    Message.objects.create(key="2", kind="Zugang", subject="Zugang", group=group.pk, secret=True, **mail)
    titles = [title for title, *_ in duties_of(person_of(name))]
    assert titles == (["Eine Nachricht ist nicht zustellbar"] if sees else [])


def test_what_burns_comes_first_and_the_list_stays_short(client, lead, group, draft):
    for number in range(3, 12):
        MeetingFactory(organization=group, number=number, state="draft", start=draft.start + timedelta(days=number))
    MeetingFactory(organization=group, number=20, state="draft", start=timezone.now() + timedelta(days=2))
    client.force_login(lead)
    response = client.get(START)
    assert response.context["duties"][0].badge == "Frist überschritten"
    assert response.content.decode().count("noch nicht eingeladen</h3>") == 8
    assert "Und 3 weitere." in response.content.decode()


def test_draft_of_a_series_waits_for_nobody_until_its_time_comes(duties_of, lead, draft):
    shown = []
    for days in (99, 101):
        Meeting.objects.filter(pk=draft.pk).update(
            start=timezone.now() + timedelta(days=days), end=timezone.now() + timedelta(days=days + 1)
        )
        shown.append(len(duties_of(lead)))
    assert shown == [1, 0]


@pytest.mark.parametrize("name", [*MEMBERS, "former", "second_group_member", "guest"])
def test_date_poll_waits_for_those_who_are_asked(duties_of, person_of, group, delegate, lead, name):
    poll = DatePollFactory(organization=group, title="Klausur", asked=[lead, delegate])
    button = ("Terminumfrage beantworten: Klausur", "Antwort offen", "Antworten", poll.get_absolute_url())
    asked = name in {"lead", "delegate"}
    if name in MEMBERS or name == "second_group_member":
        assert duties_of(person_of(name)) == ([button] if asked else [])
    if asked:
        says(poll, person_of(name), "maybe")
        assert duties_of(person_of(name)) == []


def test_date_poll_waits_for_nobody_once_it_is_over(duties_of, group, delegate, lead):
    poll = DatePollFactory(organization=group, asked=[lead, delegate])
    end_of_all(poll)
    assert duties_of(lead) == duties_of(delegate) == []


@pytest.mark.parametrize("name", MEMBERS)
def test_lead_chooses_the_date_once_all_have_answered_or_time_is_over(
    duties_of, person_of, group, lead, delegate, name
):
    decide = ("Termin festlegen: Klausur", "Termin offen", "Termin festlegen")
    poll = DatePollFactory(organization=group, title="Klausur", asked=[lead, delegate])
    expected = [decide] if name == "lead" else []
    says(poll, lead, "yes")
    assert decide not in [duty[:3] for duty in duties_of(person_of(name))]
    says(poll, delegate, "no", "no")
    assert [duty[:3] for duty in duties_of(person_of(name))] == expected
    poll.voices.filter(person=delegate).update(answered_at=None)
    DatePoll.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    assert [duty[:3] for duty in duties_of(person_of(name)) if duty[2] != "Antworten"] == expected
