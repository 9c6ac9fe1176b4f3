from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.audit.models import Kind, Line
from portal.meetings.models import Meeting
from tests.cast import CAST, MEMBERS
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    WorkingGroupFactory,
)
from tests.meetings.pages import sign_in, text_of, url

OFFICE = ("lead", "staff", "clerk")
SENDERS = ("lead", "clerk")
LIST = "/sitzungen/"
CREATE = "/sitzungen/neu/"
PLAN = {"day": "2027-03-04", "starts": "17:00", "ends": "19:00", "format": "praesenz"}
BERLIN = ZoneInfo("Europe/Berlin")


def status_for(name, allowed):
    """A function page: for the allowed, by way of the sign-in for anonymous, refused to everybody else."""
    return 200 if name in allowed else 302 if name == "anonymous" else 403


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("page", ["detail", "edit", "copy", "start", "finish"])
def test_meeting_page_of_a_draft(page, name, draft, meeting, person_of, client):
    allowed = {"detail": OFFICE, "edit": OFFICE, "copy": OFFICE, "start": (), "finish": ()}[page]
    sign_in(client, person_of(name))
    response = client.get(url(page, draft))
    if name == "staff" and page in {"start", "finish"}:
        assert response.status_code == 403
    elif name in SENDERS and page in {"start", "finish"}:
        assert response.url == draft.get_absolute_url()
    elif name == "anonymous":
        assert response.url == f"/konto/login/?next={quote(url(page, draft))}"
    else:
        assert response.status_code == (200 if name in allowed else 404)


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize(
    ("page", "state", "allowed"),
    [
        ("edit", "invited", ()),
        ("copy", "invited", OFFICE),
        ("start", "invited", SENDERS),
        ("finish", "running", SENDERS),
    ],
)
def test_function_page_of_a_published_meeting(page, state, allowed, name, meeting, person_of, client):
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    sign_in(client, person_of(name))
    assert client.get(url(page, meeting)).status_code == status_for(name, allowed)


@pytest.mark.parametrize("name", CAST)
def test_meeting_without_public_items_is_hidden_from_outsiders(name, meeting, public_item, person_of, client):
    public_item.delete()
    sign_in(client, person_of(name))
    for page in ("detail", "copy", "start"):
        response = client.get(url(page, meeting))
        if name == "anonymous":
            assert response.status_code == 302
        elif name not in (*MEMBERS, "guest"):
            assert response.status_code == 404


@pytest.mark.parametrize("name", CAST)
def test_planning_is_for_the_office(name, meeting, person_of, client):
    allowed = (*OFFICE, "second_group_member")
    sign_in(client, person_of(name))
    assert client.get(CREATE).status_code == status_for(name, allowed)
    assert client.post(CREATE, PLAN).status_code == (302 if name in (*allowed, "anonymous") else 403)
    assert Meeting.objects.filter(year=2027).exists() is (name in allowed)


@pytest.mark.parametrize("name", [name for name in CAST if name not in SENDERS])
@pytest.mark.parametrize("page", ["edit", "copy", "start", "finish"])
def test_posts_of_those_who_may_not_change_nothing(page, name, meeting, person_of, client):
    if name == "staff" and page == "copy":
        return
    sign_in(client, person_of(name))
    before = (Meeting.objects.count(), Meeting.objects.get(pk=meeting.pk).state)
    response = client.post(url(page, meeting), PLAN)
    assert response.status_code == (302 if name == "anonymous" else 403)
    assert (Meeting.objects.count(), Meeting.objects.get(pk=meeting.pk).state) == before
    assert not Line.objects.exclude(kind=Kind.REFUSAL).exists()


def test_unknown_meeting_is_not_found(client, lead):
    client.force_login(lead)
    assert client.get("/sitzungen/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_create_post_plans_a_draft(client, staff, group):
    client.force_login(staff)
    response = client.post(CREATE, {**PLAN, "title": "Rundgang", "place_name": "Rathaus", "place_room": "Saal"})
    meeting = Meeting.objects.get()
    assert response.url == meeting.get_absolute_url()
    assert (meeting.organization, meeting.state, str(meeting.location)) == (group, "draft", "Rathaus, Saal")
    assert meeting.items.count() == 5


def test_create_twice_leads_to_the_same_draft(client, staff):
    client.force_login(staff)
    assert client.post(CREATE, PLAN).url == client.post(CREATE, PLAN).url


def test_create_with_errors_keeps_what_was_typed(client, staff):
    client.force_login(staff)
    response = client.post(CREATE, {**PLAN, "ends": "16:00", "title": "Rundgang", "place_city": "Beispielhausen"})
    assert response.status_code == 422
    for kept in (
        "Das Ende muss nach dem Beginn liegen.",
        'value="Rundgang"',
        'value="Beispielhausen"',
        "<details",
        "open",
    ):
        assert kept in text_of(response)


def test_create_at_the_time_of_another_meeting_says_so_and_keeps_what_was_typed(client, staff):
    client.force_login(staff)
    client.post(CREATE, PLAN)
    response = client.post(CREATE, {**PLAN, "title": "Noch eine"})
    assert response.status_code == 409
    assert "steht schon die 1. Sitzung 2027 im Kalender" in text_of(response)
    assert 'value="Noch eine"' in text_of(response)


def test_create_asks_for_the_group_where_there_are_several(client, staff, group):
    other = MembershipFactory(person=staff, role="lead").organization
    client.force_login(staff)
    assert "Arbeitskreis" in client.get(CREATE).context["form"].fields["organization"].label
    client.post(CREATE, {**PLAN, "organization": str(other.pk)})
    assert Meeting.objects.get().organization == other


def test_create_does_not_plan_for_a_foreign_group(client, staff, group):
    MembershipFactory(person=staff, role="delegate", organization=WorkingGroupFactory())
    foreign = WorkingGroupFactory()
    client.force_login(staff)
    client.post(CREATE, {**PLAN, "organization": str(foreign.pk)})
    assert Meeting.objects.get().organization == group


def test_create_proposes_hours_and_place_of_the_last_meeting(client, staff, meeting):
    client.force_login(staff)
    form = client.get(CREATE).context["form"]
    assert form["location"].value() == meeting.location_id
    assert f"{form['starts'].value():%H:%M}" == "17:00"
    assert form["day"].value() is None


def test_create_points_out_a_weekend(client, staff):
    client.force_login(staff)
    assert "04.03.2027" not in text_of(client.post(CREATE, PLAN, follow=True))
    page = text_of(client.post(CREATE, {**PLAN, "day": "2027-03-06"}, follow=True))
    assert "Der 06.03.2027 ist ein Samstag." in page


def test_edit_shows_the_draft_as_it_is(client, staff, draft):
    client.force_login(staff)
    page = text_of(client.get(url("edit", draft)))
    assert f'value="{timezone.localtime(draft.start):%Y-%m-%d}"' in page
    assert 'value="17:00"' in page.replace(f'value="{timezone.localtime(draft.start):%H:%M}"', 'value="17:00"')
    assert "Ladungsfrist" in page


def test_edit_post_changes_the_draft(client, staff, draft):
    client.force_login(staff)
    response = client.post(url("edit", draft), {**PLAN, "version": "1", "title": "Rundgang"})
    draft.refresh_from_db()
    assert (response.url, draft.title, draft.start) == (
        draft.get_absolute_url(),
        "Rundgang",
        datetime(2027, 3, 4, 17, 0, tzinfo=BERLIN),
    )


def test_edit_on_top_of_another_change_shows_both_and_can_be_sent_again(client, staff, draft):
    Meeting.objects.filter(pk=draft.pk).update(title="Von anderen", version=2)
    client.force_login(staff)
    typed = {**PLAN, "version": "1", "title": "Von mir"}
    response = client.post(url("edit", draft), typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "Von anderen" in page
    assert 'value="Von mir"' in page
    again = response.context["form"]["version"].value()
    assert client.post(url("edit", draft), {**typed, "version": again}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Von mir", 3)


def test_edit_after_the_invitation_went_out_is_refused(client, lead, meeting):
    client.force_login(lead)
    assert client.post(url("edit", meeting), {**PLAN, "version": "1"}).status_code == 403


def test_copy_proposes_four_weeks_later_and_makes_a_draft(client, staff, meeting):
    client.force_login(staff)
    proposed = client.get(url("copy", meeting)).context["form"]["day"].value()
    assert proposed == timezone.localtime(meeting.start).date() + timedelta(weeks=4)
    response = client.post(url("copy", meeting), {"day": proposed.isoformat(), "starts": "17:00", "ends": "18:30"})
    new = Meeting.objects.get(state="draft")
    assert response.url == new.get_absolute_url()
    assert new.items.count() == 3


def test_copy_of_an_old_meeting_proposes_a_day_to_come(client, staff, group):
    old = MeetingFactory(organization=group, state="finished", start=timezone.now() - timedelta(days=400))
    client.force_login(staff)
    proposed = client.get(url("copy", old)).context["form"]["day"].value()
    assert timezone.localdate() < proposed <= timezone.localdate() + timedelta(weeks=4)
    assert proposed.weekday() == timezone.localtime(old.start).weekday()


@pytest.mark.parametrize(("name", "visibility"), [("lead", "public"), ("staff", "internal")])
def test_copy_keeps_items_public_for_the_lead_only(name, visibility, client, meeting, person_of):
    client.force_login(person_of(name))
    asked = "Öffentliche Punkte bleiben öffentlich" in text_of(client.get(url("copy", meeting)))
    assert asked is (name == "lead")
    client.post(url("copy", meeting), {"day": "2027-03-04", "starts": "17:00", "ends": "18:30", "keep_public": "on"})
    assert Meeting.objects.get(state="draft").items.get(title="Punkt öffentlich").visibility == visibility


def test_meeting_starts_and_finishes_by_confirmation(client, lead, meeting):
    client.force_login(lead)
    assert "beginnen?" in text_of(client.get(url("start", meeting)))
    for page, state in (("start", "running"), ("start", "running"), ("finish", "finished"), ("finish", "finished")):
        assert client.post(url(page, meeting)).url == meeting.get_absolute_url()
        meeting.refresh_from_db()
        assert meeting.state == state
    assert Line.objects.count() == 2


def test_finish_of_a_meeting_that_does_not_run_says_why(client, lead, meeting):
    client.force_login(lead)
    page = text_of(client.post(url("finish", meeting), follow=True))
    assert "Das geht nicht: Die Sitzung steht auf „Eingeladen“." in page
