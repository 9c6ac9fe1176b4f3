from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localdate

from portal.meetings.forms.agenda import ItemForm
from portal.meetings.forms.meetings import CopyForm, MeetingForm
from portal.meetings.models import Location, Meeting
from portal.members.models import Organization, Role
from tests.factories import LocationFactory, MembershipFactory, PersonFactory, TopicFactory, WorkingGroupFactory

MEETING = {"day": "2027-03-04", "starts": "17:00", "ends": "19:00", "format": "praesenz"}
ITEM = {"title": "Glasfaser", "minutes_planned": "15", "purpose": "consultation", "visibility": "internal"}
BERLIN = ZoneInfo("Europe/Berlin")


def meeting_form(**typed):
    return MeetingForm({**MEETING, **typed})


def item_form(meeting, *, may_publish=False, **typed):
    reader = MembershipFactory(organization=meeting.organization, role=Role.STAFF).person
    return ItemForm({**ITEM, **typed}, meeting=meeting, may_publish=may_publish, reader=reader)


def test_meeting_form_gives_the_plan(db):
    form = meeting_form(title="Rundgang")
    assert form.is_valid(), form.errors
    assert form.plan == {
        "start": datetime(2027, 3, 4, 17, 0, tzinfo=BERLIN),
        "end": datetime(2027, 3, 4, 19, 0, tzinfo=BERLIN),
        "format": "praesenz",
        "location": None,
        "video_url": "",
        "title": "Rundgang",
        "intro": "",
    }


def test_meeting_form_asks_for_each_required_field_in_its_own_words(db):
    errors = MeetingForm({}).errors
    assert {name: list(texts) for name, texts in errors.items()} == {
        "day": ["Geben Sie ein Datum ein."],
        "starts": ["Geben Sie den Beginn ein."],
        "ends": ["Geben Sie das Ende ein."],
        "format": ["Wählen Sie die Form der Sitzung."],
    }


@pytest.mark.parametrize(
    ("typed", "field", "error"),
    [
        ({"ends": "17:00"}, "ends", "nach dem Beginn"),
        ({"day": "2020-03-04"}, "day", "Vergangenheit"),
        ({"day": "2027-03-28", "starts": "02:30"}, "starts", "Uhren werden umgestellt"),
        ({"format": "hybrid"}, "video_url", "Geben Sie die Adresse der Videokonferenz ein."),
        ({"format": "digital"}, "video_url", "Geben Sie die Adresse der Videokonferenz ein."),
        ({"format": "hybrid", "video_url": "javascript:alert(1)"}, "video_url", "https://"),
        ({"format": "hybrid", "video_url": "ftp://example.org/"}, "video_url", "https://"),
        ({"place_room": "Saal"}, "place_name", "Namen des Gebäudes"),
        (
            {"format": "digital", "video_url": "https://v.example.org/", "place_name": "Rathaus"},
            "place_name",
            "keinen Ort",
        ),
    ],
)
def test_meeting_form_refuses(db, typed, field, error):
    form = meeting_form(**typed)
    assert list(form.errors) == [field]
    assert error in form.errors[field][0]


def test_meeting_form_names_every_error_at_once(db):
    assert list(meeting_form(day="", ends="16:00", format="").errors) == ["day", "format", "ends"]


def test_meeting_form_takes_a_place_from_the_list(db):
    room = LocationFactory()
    form = meeting_form(location=str(room.pk))
    assert form.is_valid()
    assert form.plan["location"] == room


def test_meeting_form_takes_a_new_place_without_storing_it(db):
    form = meeting_form(place_name="Bücherei", place_room="Lesesaal", place_city="Beispielhausen")
    assert form.is_valid()
    assert str(form.plan["location"]) == "Bücherei, Lesesaal"
    assert not Location.objects.exists()


def test_meeting_form_refuses_two_places(db):
    form = meeting_form(location=str(LocationFactory().pk), place_name="Bücherei")
    assert "nicht beides" in form.errors["location"][0]


def test_meeting_form_drops_the_place_of_a_digital_meeting(db):
    form = meeting_form(format="digital", video_url="https://v.example.org/", location=str(LocationFactory().pk))
    assert form.is_valid()
    assert form.plan["location"] is None


def test_meeting_form_offers_groups_only_where_there_are_several(group):
    other = WorkingGroupFactory()
    WorkingGroupFactory()
    assert "organization" not in MeetingForm(groups=[group]).fields
    offered = MeetingForm(groups=[group, other]).fields["organization"].queryset
    assert set(offered) == {group, other}
    assert MeetingForm(MEETING, groups=[group, other]).errors["organization"] == ["Wählen Sie den Arbeitskreis."]


def test_meeting_form_ignores_fields_that_are_not_asked(draft):
    typed = {
        **MEETING,
        "state": "finished",
        "number": "99",
        "revision": "5",
        "organization": str(WorkingGroupFactory().pk),
    }
    form = MeetingForm(typed, instance=draft)
    assert form.is_valid()
    assert not {"state", "number", "revision", "organization"} & set(form.plan)


def test_meeting_form_tells_stored_from_typed(draft):
    form = MeetingForm({**MEETING, "title": "Meins", "version": "1"}, instance=Meeting.objects.get(pk=draft.pk))
    assert form.is_valid()
    draft.title, draft.version, draft.start = "Ihres", 4, form.plan["start"]
    differences = {label: (stored, typed) for label, stored, typed in form.build_on(draft)}
    assert differences["Zusatz zum Titel"] == ("Ihres", "Meins")
    assert "Beginn" not in differences
    assert differences["Ende (voraussichtlich)"][1] == "04.03.2027, 19:00 Uhr"
    assert form["version"].value() == "4"


def test_copy_form_asks_the_lead_alone_about_public_items():
    assert "keep_public" in CopyForm(may_publish=True).fields
    form = CopyForm(
        {"day": str(localdate() + timedelta(days=9)), "starts": "17:00", "ends": "18:00"}, may_publish=False
    )
    assert form.is_valid()
    assert "keep_public" not in form.cleaned_data


def test_item_form_gives_the_fields(draft, topic):
    form = item_form(draft, topic=str(topic.pk), text="*Stand*", presenter="Frau Ost")
    assert form.is_valid(), form.errors
    assert form.fields_of_item == {
        "title": "Glasfaser",
        "text": "*Stand*",
        "topic": topic,
        "presenter": "Frau Ost",
        "minutes_planned": 15,
        "purpose": "consultation",
        "visibility": "internal",
    }
    assert not form.publishes


def test_item_form_asks_for_each_required_field_in_its_own_words(draft):
    errors = ItemForm({}, meeting=draft, may_publish=True, reader=PersonFactory()).errors
    assert [texts[0] for texts in errors.values()] == [
        "Geben Sie einen Titel ein.",
        "Geben Sie die Dauer ein.",
        "Wählen Sie, was gewünscht ist.",
        "Wählen Sie, wer den Punkt sehen darf.",
    ]


@pytest.mark.parametrize("minutes", ["601", "-1", "99999", "bald"])
def test_item_form_refuses_odd_durations(draft, minutes):
    assert list(item_form(draft, minutes_planned=minutes).errors) == ["minutes_planned"]


def test_item_form_offers_public_to_those_who_may_publish(draft):
    assert item_form(draft, may_publish=True, visibility="public").is_valid()
    assert list(item_form(draft, visibility="public").errors) == ["visibility"]


def test_item_form_lets_a_public_item_stay_public(meeting, public_item):
    typed = {**ITEM, "visibility": "public", "version": "1"}
    form = ItemForm(typed, instance=public_item, meeting=meeting, may_publish=False, reader=PersonFactory())
    assert form.is_valid()
    assert not form.publishes


def test_item_form_publishes_what_was_not_public(draft):
    form = item_form(draft, may_publish=True, visibility="public")
    assert form.is_valid()
    assert form.publishes


def test_item_form_offers_the_open_topics_of_the_group(draft, topic, item):
    TopicFactory()
    done = TopicFactory(organization=topic.organization, state="done")
    assert list(item_form(draft).fields["topic"].queryset) == [topic]
    item.topic = done
    form = ItemForm(instance=item, meeting=item.meeting, may_publish=False, reader=PersonFactory())
    assert set(form.fields["topic"].queryset) == {topic, done}


def test_item_form_places_only_among_the_own_items(draft, item):
    assert list(item_form(draft, before=str(draft.items.get().pk)).errors) == []
    assert list(item_form(draft, before=str(item.pk)).errors) == ["before"]


def test_forms_do_not_write(draft):
    before = (Meeting.objects.count(), Organization.objects.count(), draft.items.count())
    assert meeting_form(title="x").is_valid()
    assert item_form(draft).is_valid()
    assert (Meeting.objects.count(), Organization.objects.count(), draft.items.count()) == before
