"""The agenda on the page of a meeting shows what the read filters of items and comments say, to whoever looks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.meetings.models import Comment, Meeting
from portal.meetings.views.programme import programme
from portal.members.models import Person, RulesOfProcedure
from tests.cast import CAST
from tests.factories import AgendaItemFactory, AttendanceFactory, CommentFactory, RecusalFactory

READERS = [name for name in CAST if name != "anonymous"]


@pytest.fixture
def people(person_of, meeting, fraktion):
    """The cast, and a meeting with an item of each kind, discussed, closed to each of them and to none."""
    cast = {name: person_of(name) for name in READERS}
    AttendanceFactory(meeting=meeting, person=cast["deputy"], role="deputy", on_behalf_of=fraktion, invited_at=None)
    for visibility in ("public", "internal", "confidential"):
        for barred in (True, False):
            item = AgendaItemFactory(meeting=meeting, visibility=visibility, minutes_planned=15)
            CommentFactory(item=item, author=cast["lead"])
            CommentFactory(item=item, author=cast["lead"], withdrawn_at=timezone.now())
            if barred:
                for person in cast.values():
                    RecusalFactory(item=item, person=person, recorded_by=cast["clerk"])
    return cast


def shown(meeting, reader):
    """What the page shows: the items, which of them as barred, and how many comments it counts."""
    content = programme(meeting, reader)
    return {(item.pk, item.is_barred, item.comment_count) for item in content["public_items"] + content["other_items"]}


def allowed(meeting, reader):
    """The same by the filters alone."""
    items = [(item, False) for item in meeting.items.visible_to(reader)]
    items += [(item, True) for item in meeting.items.barred_to(reader)]
    comments = Comment.objects.visible_to(reader).standing()
    return {(item.pk, barred, comments.filter(item=item).count()) for item, barred in items}


@pytest.mark.parametrize("house_rule", RulesOfProcedure.DeputyAccess.values)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"state": "running"},
        {"state": "cancelled", "cancelled_at": timezone.now()},
        {"state": "draft", "invited_at": None},
        {"state": "finished", "end": timezone.now() - timedelta(days=8), "start": timezone.now() - timedelta(days=9)},
    ],
    ids=["invited", "running", "cancelled", "draft", "over for guests"],
)
@pytest.mark.parametrize("called_in", [True, False])
def test_page_shows_what_the_filters_say(house_rule, changes, called_in, group, meeting, people):
    RulesOfProcedure.objects.create(organization=group, deputy_access=house_rule)
    if called_in:
        meeting.attendances.filter(role="deputy").update(invited_at=timezone.now())
    Meeting.objects.filter(pk=meeting.pk).update(**changes)
    for name, person in people.items():
        reader, fresh = Person.objects.get(pk=person.pk), Meeting.objects.get(pk=meeting.pk)
        if Meeting.objects.visible_to(reader).filter(pk=meeting.pk).exists():
            assert shown(fresh, reader) == allowed(fresh, reader), name
        elif name != "superuser":
            assert allowed(fresh, reader) == set(), name
