import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from portal.mail.models import Incoming, Message
from portal.meetings.models import AgendaItem, Comment, DatePoll, Meeting
from portal.members.models import Invitation, Membership, Organization, Person, Role
from portal.minutes.models import Minutes
from portal.office.demo.play import play
from portal.topics.models import Topic
from tests.factories import BodyFactory

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
COMPARED = (Organization, Person, Membership, Topic, Meeting, AgendaItem, Comment, Minutes)
CHANGING = {"created", "modified", "created_at"}


@pytest.fixture(autouse=True)
def _moment():
    with time_machine.travel(MOMENT, tick=False):
        yield


def nouns() -> list[type[Model]]:
    """Every model of the rooms that hold nouns."""
    return [
        model
        for room in ("members", "topics", "meetings", "minutes")
        for model in apps.get_app_config(room).get_models()
    ]


def rows() -> list[tuple]:
    """Every row of the nouns, without the moment of writing."""
    columns = {
        model: [field.attname for field in model._meta.concrete_fields if field.name not in CHANGING]
        for model in COMPARED
    }
    return [
        (model.__name__, *values)
        for model in COMPARED
        for values in model.objects.order_by("pk").values_list(*columns[model])
    ]


def rows_after_playing(seed: int) -> list[tuple]:
    """What the demo would write, taken back at once."""
    with transaction.atomic():
        play(seed=seed)
        found = rows()
        transaction.set_rollback(True)
    return found


def test_demo_same_seed_gives_the_same_data(db):
    first = rows_after_playing(7)
    assert first == rows_after_playing(7)
    assert len(first) >= 150


def test_demo_tells_of_a_year_in_every_state(db):
    accounts = play(seed=1)
    assert set(Meeting.objects.values_list("state", flat=True)) == set(Meeting.State.values)
    assert {len(accounts), len({account["email"] for account in accounts})} == {26}
    seats = Organization.objects.get(short_name="AK Digital").memberships.current()
    assert seats.filter(role=Role.DELEGATE).count() == 6
    assert seats.filter(role=Role.DEPUTY).count() == 13
    assert [link.person.has_opened_account for link in Invitation.objects.all() if link.is_open] == [False]
    assert set(Minutes.objects.values_list("state", flat=True)) == {"draft", "final"}
    assert Topic.objects.filter(items__isnull=False).distinct().count() == 5
    assert all(person.email.endswith("@example.org") for person in Person.objects.all())
    # to those invited to the next meetings: nine members and the guest, and the six of the second working group;
    # five about the two seats that are passed on; nine about the dates that are offered; eleven about the Nachtrag
    assert Message.objects.count() == 41
    assert set(DatePoll.objects.values_list("state", flat=True)) == {"open", "decided"}
    assert [model.__name__ for model in nouns() if not model.objects.exists()] == [
        "CalendarFeed",
        "CommentVersion",
    ]


def test_demo_goes_on_after_the_invitation(db):
    play(seed=1)
    item = AgendaItem.objects.get(is_supplement=True)
    assert [row.number for row in item.meeting.items.order_by("position")] == list(
        range(1, item.meeting.items.count() + 1)
    )
    assert list(item.meeting.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]
    returned = Message.objects.get(returned_at__isnull=False)
    outcomes = dict(Incoming.objects.values_list("outcome", "message"))
    assert outcomes == {"returned": returned.uuid, "letter": None}
    assert Incoming.objects.to_look_at().count() == 1


def test_demo_has_planned_a_series_of_second_tuesdays(db):
    play(seed=1)
    group = Organization.objects.get(short_name="AK Digital")
    drafts = Meeting.objects.filter(organization=group, state="draft").order_by("start")
    days = [timezone.localdate(draft.start) for draft in drafts]
    assert [day.isoformat() for day in days] == ["2027-01-12", "2027-03-09", "2027-04-13", "2027-05-11", "2027-06-08"]
    assert [draft.items.count() for draft in drafts][2:] == [3, 3, 3]
    assert list(drafts.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_demo_has_a_second_working_group_that_shares_one_delegate(db):
    play(seed=1)
    first, second = (Organization.objects.get(short_name=name) for name in ("AK Digital", "AK Klima"))
    both = Person.objects.filter(memberships__organization=first).filter(memberships__organization=second).distinct()
    assert [person.memberships.get(organization=second).role for person in both] == [Role.DELEGATE]
    assert {group for group, _ in Topic.objects.values_list("organization", "title")} == {first.pk, second.pk}
    assert set(Meeting.objects.filter(organization=second).values_list("state", flat=True)) == {"finished", "invited"}


def test_demo_writes_accounts_that_open_the_portal(db, client, tmp_path, capsys):
    file = tmp_path / "var" / "accounts.json"
    call_command("demo", seed=2, accounts=file)
    accounts = json.loads(file.read_text())
    roles = {"lead", "staff", "clerk", "delegate", "deputy", "guest", "former", "stranger", "superuser"}
    assert roles | {"second_group_lead"} == {account["role"] for account in accounts}
    assert all(client.login(email=account["email"], password=account["password"]) for account in accounts)


def test_demo_refuses_a_database_that_holds_something(db):
    BodyFactory()
    with pytest.raises(CommandError, match="holds data already"):
        call_command("demo")
    assert not Person.objects.exists()


@pytest.mark.soak
def test_large_demo_has_the_rows_that_are_measured(db):
    play(seed=1, large=True)
    largest = max(Meeting.objects.all(), key=lambda meeting: meeting.items.count())
    assert largest.items.count() == 30
    assert Comment.objects.filter(item__meeting=largest).count() == 300
    assert (Meeting.objects.count(), Comment.objects.count()) == (200, 5000)
