from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.meetings.models import Meeting
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    LocationFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    TopicFactory,
    WorkingGroupFactory,
)
from tests.meetings.pages import sign_in, text_of, url

OFFICE = ("lead", "staff", "clerk")
SENDERS = ("lead", "clerk")
LIST = "/sitzungen/"
CREATE = "/sitzungen/neu/"
PLAN = {"day": "2027-03-04", "starts": "17:00", "ends": "19:00", "format": "praesenz"}
BERLIN = ZoneInfo("Europe/Berlin")


def test_list_shows_what_lies_ahead_drafts_and_the_past(client, staff, meeting, draft, group):
    cancelled = MeetingFactory(organization=group, number=5, state="cancelled", start=meeting.start + timedelta(days=1))
    finished = MeetingFactory(organization=group, number=6, state="finished", start=timezone.now() - timedelta(days=9))
    client.force_login(staff)
    context = client.get(LIST).context
    assert list(context["ahead"]) == [meeting, cancelled]
    assert list(context["drafts"]) == [draft]
    assert list(context["page"]) == [finished]


def test_list_hides_drafts_from_delegates(client, delegate, meeting, draft):
    client.force_login(delegate)
    response = client.get(LIST)
    assert meeting.label in text_of(response)
    assert draft.label not in text_of(response)
    assert CREATE not in text_of(response)


def test_list_says_what_i_answered(client, delegate, meeting):
    client.force_login(delegate)
    assert "Antwort" not in text_of(client.get(LIST))
    attendance = AttendanceFactory(meeting=meeting, person=delegate)
    assert "Ihre Antwort fehlt" in text_of(client.get(LIST))
    for answer, shown in (("accepted", "Ihre Zusage"), ("declined", "Ihre Absage")):
        attendance.answer, attendance.answered_at = answer, timezone.now()
        attendance.save()
        assert shown in text_of(client.get(LIST))


def test_list_names_the_group_only_where_it_does_not_go_without_saying(client, delegate, meeting, group):
    client.force_login(delegate)
    eyebrow = f'<p class="ak-eyebrow">{group.short_name}</p>'
    assert eyebrow not in text_of(client.get(LIST))
    MembershipFactory(person=delegate, organization=WorkingGroupFactory())
    assert eyebrow in text_of(client.get(LIST))


def test_list_of_a_stranger_holds_public_meetings(client, stranger, meeting, public_item):
    client.force_login(stranger)
    assert meeting.label in text_of(client.get(LIST))
    public_item.delete()
    assert "keine Sitzung angesetzt" in text_of(client.get(LIST))


@pytest.fixture
def past(group):
    def hold(count):
        for index in range(count):
            start = datetime(2025, 12, 1, 17, 0, tzinfo=BERLIN) - timedelta(days=30 * index)
            MeetingFactory(organization=group, state="finished", start=start, number=100 + index)

    return hold


def test_list_shows_the_past_by_year_and_page(client, delegate, past):
    past(25)
    client.force_login(delegate)
    first, second = text_of(client.get(LIST)), text_of(client.get(f"{LIST}?page=2"))
    assert "Seite 1 von 2" in first
    assert first.index(">2025<") < first.index(">2024<")
    assert "Kommende Sitzungen" not in second
    assert client.get(f"{LIST}?page=abc").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_rows(
    rows, client, staff, group, past, django_assert_num_queries
):
    for number in range(rows):
        other = {"organization": group, "number": 10 + number, "location": LocationFactory()}
        AttendanceFactory(meeting=MeetingFactory(**other), person=staff)
        MeetingFactory(state="draft", **(other | {"number": 20 + number}))
    past(rows)
    client.force_login(staff)
    client.get(LIST)  # the first request of a session stamps it
    with django_assert_num_queries(8):
        client.get(LIST)


@pytest.mark.parametrize("name", CAST)
def test_detail_shows_each_reader_the_items_they_may_see(name, meeting, person_of, client):
    person = person_of(name)
    for item in meeting.items.all():
        CommentFactory.create_batch(7, item=item)
    Meeting.objects.filter(pk=meeting.pk).update(
        video_url="https://video.example.org/geheim", intro="Bitte Ausweise mitbringen", title="Rundgang"
    )
    meeting.items.update(presenter="Frau Vortrag")
    sign_in(client, person)
    response = client.get(meeting.get_absolute_url())
    if name == "anonymous":
        assert response.status_code == 302
        return
    page = text_of(response)
    assert response.status_code == 200
    for only_members in (
        "video.example.org/geheim",
        "Bitte Ausweise mitbringen",
        "Frau Vortrag",
        "7<span",
        "30 Minuten",
    ):
        assert (only_members in page) is (name in MEMBERS), only_members
    assert "Punkt öffentlich" in page
    assert ("Punkt intern" in page) is (name in (*MEMBERS, "guest"))
    assert ("Punkt vertraulich" in page) is (name in MEMBERS)
    assert page.count("Nichtöffentlicher Teil") == 1
    if name in ("stranger", "former", "second_group_member", "superuser"):
        assert page.count("ak-agenda__item ") == 1


def test_detail_without_hidden_items_has_no_second_part(client, stranger, meeting):
    meeting.items.exclude(visibility="public").delete()
    client.force_login(stranger)
    assert "Nichtöffentlicher Teil" not in text_of(client.get(meeting.get_absolute_url()))


def test_detail_reckons_the_times_of_the_items(client, delegate, guest, meeting, item):
    meeting.items.update(minutes_planned=25)
    for reader, clocks in ((delegate, ["17:00", "17:25", "17:50"]), (guest, ["17:00", "17:25"])):
        client.force_login(reader)
        context = client.get(meeting.get_absolute_url()).context
        items = [*context["public_items"], *context["other_items"]]
        assert [f"{timezone.localtime(i.planned_at):%H:%M}" for i in items] == clocks


def test_detail_says_when_the_agenda_takes_too_long(client, delegate, meeting):
    client.force_login(delegate)
    meeting.items.update(minutes_planned=40)
    assert "zu lang" not in text_of(client.get(meeting.get_absolute_url()))
    meeting.items.update(minutes_planned=45)
    assert "135 Minuten, bis 19:15 Uhr" in text_of(client.get(meeting.get_absolute_url()))
    assert "15 Minuten zu lang" in text_of(client.get(meeting.get_absolute_url()))


def test_detail_marks_purpose_supplement_confidential_and_topic(client, delegate, meeting, item, topic):
    item.purpose, item.is_supplement, item.topic = "recommendation", True, topic
    item.save()
    client.force_login(delegate)
    page = text_of(client.get(meeting.get_absolute_url()))
    for mark in ("Empfehlung", "Nachtrag", "Vertraulich", topic.title):
        assert mark in page


def test_detail_hides_the_topic_from_outsiders(client, stranger, meeting, public_item, topic):
    public_item.topic = topic
    public_item.save()
    client.force_login(stranger)
    assert topic.title not in text_of(client.get(meeting.get_absolute_url()))


@pytest.mark.parametrize(
    ("days_ahead", "text"),
    [(40, "Noch 29 Tage"), (13, "Noch 2 Tage"), (12, "Noch 1 Tag"), (11, "letzte Tag"), (10, "Frist überschritten")],
)
def test_detail_of_a_draft_shows_the_invitation_deadline(days_ahead, text, client, staff, draft):
    start = timezone.localtime().replace(hour=12) + timedelta(days=days_ahead)
    Meeting.objects.filter(pk=draft.pk).update(start=start, end=start + timedelta(hours=1))
    client.force_login(staff)
    assert text in text_of(client.get(draft.get_absolute_url()))


@pytest.mark.parametrize(
    ("state", "name", "offered"),
    [
        ("draft", "lead", {"edit", "invite", "cancel", "copy"}),
        ("draft", "staff", {"edit", "copy"}),
        ("invited", "lead", {"invite", "move", "cancel", "start", "copy"}),
        ("invited", "staff", {"copy"}),
        ("invited", "delegate", set()),
        ("running", "clerk", {"finish", "copy"}),
        ("finished", "lead", {"copy"}),
        ("cancelled", "lead", {"copy"}),
        ("invited", "guest", set()),
        ("invited", "stranger", set()),
    ],
)
def test_detail_offers_what_the_reader_may_do(state, name, offered, client, meeting, person_of):
    person = person_of(name)
    invited = {} if state == "draft" else {"invited_at": timezone.now()}
    cancelled = {"cancelled_at": timezone.now()} if state == "cancelled" else {}
    Meeting.objects.filter(pk=meeting.pk).update(**{"state": state, "invited_at": None} | invited | cancelled)
    client.force_login(person)
    page = text_of(client.get(meeting.get_absolute_url()))
    verbs = ("edit", "invite", "move", "cancel", "start", "finish", "copy")
    assert {verb for verb in verbs if f'href="{url(verb, meeting)}"' in page} == offered


def test_detail_shows_minutes_to_those_who_may_read_them(client, delegate, clerk, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state="finished")
    minutes = MinutesFactory(meeting=meeting)
    for reader, seen in ((delegate, False), (clerk, True)):
        client.force_login(reader)
        assert (minutes.get_absolute_url() in text_of(client.get(meeting.get_absolute_url()))) is seen


def test_detail_offers_the_clerk_to_begin_the_minutes(client, clerk, lead, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state="running")
    for reader, seen in ((lead, False), (clerk, True)):
        client.force_login(reader)
        page = text_of(client.get(meeting.get_absolute_url()))
        assert (f'action="{reverse("minutes:create", args=[meeting.pk])}"' in page) is seen


def test_detail_shows_revisions_and_attendance_to_members_only(client, delegate, lead, guest, stranger, meeting):
    AttendanceFactory(meeting=meeting, person=lead, answer="accepted")
    meeting.revisions.create(number=1, created_by=lead, snapshot={}, invitation_pdf=b"%PDF", note="Saal statt Raum")
    for reader, seen in ((delegate, True), (guest, False), (stranger, False)):
        client.force_login(reader)
        page = text_of(client.get(meeting.get_absolute_url()))
        assert ("Saal statt Raum" in page) is seen
        assert (lead.last_name in page) is seen
        assert ("Wer kommt" in page) is seen


def test_detail_escapes_what_people_typed(client, delegate, meeting, item):
    item.title = "<script>alert(1)</script>"
    item.save()
    Meeting.objects.filter(pk=meeting.pk).update(title="<b>fett</b>", intro="<img src=x onerror=alert(1)>")
    client.force_login(delegate)
    page = text_of(client.get(meeting.get_absolute_url()))
    for danger in ("<script>alert", "<b>fett", "<img src=x"):
        assert danger not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_takes_the_same_queries_for_any_number_of_rows(rows, client, lead, group, django_assert_num_queries):
    meeting = MeetingFactory(organization=group, number=50)
    AttendanceFactory(meeting=meeting, person=lead)
    for _ in range(rows):
        for visibility in ("public", "internal"):
            item = AgendaItemFactory(meeting=meeting, visibility=visibility, topic=TopicFactory(organization=group))
            CommentFactory.create_batch(rows, item=item)
        AttendanceFactory(meeting=meeting, on_behalf_of=MembershipFactory().on_behalf_of)
    for number in range(1, rows + 1):
        meeting.revisions.create(number=number, created_by=lead, snapshot={}, invitation_pdf=b"%PDF")
    client.force_login(lead)
    client.get(meeting.get_absolute_url())  # the first request of a session stamps it
    with django_assert_num_queries(13):
        client.get(meeting.get_absolute_url())


@pytest.mark.parametrize("name", [name for name in CAST if name != "anonymous"])
def test_detail_offers_files_only_to_those_who_get_them(name, client, meeting, lead, person_of):
    meeting.revisions.create(number=1, created_by=lead, snapshot={"items": []}, invitation_pdf=b"%PDF")
    client.force_login(person_of(name))
    page = text_of(client.get(meeting.get_absolute_url()))
    for file in ("ics", "invitation_pdf"):
        assert (url(file, meeting) in page) is (name in (*MEMBERS, "guest"))


def test_detail_forgets_a_guest_who_is_no_longer_invited(client, guest, meeting):
    meeting.guests.all().delete()
    client.force_login(guest)
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "Ihre Teilnahme" not in page
    assert "Punkt intern" not in page


def test_detail_does_not_show_a_former_member_the_old_answer(client, former, meeting):
    AttendanceFactory(meeting=meeting, person=former, role="delegate", answer="accepted")
    client.force_login(former)
    assert "Ihre Teilnahme" not in text_of(client.get(meeting.get_absolute_url()))
