"""The change of Wahlperiode: as planned, in one transaction, once however often it is done."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings.actions import invitation
from portal.members.models import LegislativeTerm, Membership, Organization
from tests.factories import FraktionFactory, MeetingFactory, MembershipFactory


def days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def council(group, lead, staff, delegate, deputy, other_delegate):
    """A working group in its old term, led by the lead."""
    group.term = LegislativeTerm.objects.create(name="Wahlperiode 2025 bis 2030", start_date=days(-365))
    group.save()
    return group


def carried(*people):
    return [person.memberships.get().pk for person in people]


@pytest.fixture
def typed(council, lead, staff, delegate, other_delegate):
    """The Verwaltung goes on, one Fraktion goes on with a new delegate, one ends, one is new."""
    kept, ended = (person.memberships.get().on_behalf_of.pk.hex for person in (delegate, other_delegate))
    return {
        "name": "Wahlperiode 2030 bis 2035",
        "first_day": days(30).isoformat(),
        "carried": carried(lead, staff),
        f"fate_{kept}": "weiter",
        f"first_name_{kept}": "Nele",
        f"last_name_{kept}": "Neumann",
        f"email_{kept}": "neu@example.org",
        f"fate_{ended}": "endet",
        "name_new0": "Fraktion Aufbruch",
        "short_name_new0": "Aufbruch",
    }


def address(group):
    return reverse("office:term", args=[group.pk])


def text_of(page):
    return " ".join(page.text.split())


def change(client, group, typed):
    shown = client.post(address(group), typed)
    assert shown.status_code == 200, shown.text
    sign = re.search(r'name="seen" value="(\w+)"', shown.text)
    return shown, client.post(address(group), typed | {"seen": sign[1]}) if sign else None


def test_preview_tells_all_and_does_nothing(client, council, lead, staff, delegate, typed, draft):
    invitation.invite(draft, by=lead, version=draft.version)
    Message.objects.all().delete()
    client.force_login(lead)
    page = text_of(client.post(address(council), typed))
    assert "Die Wahlperiode 2030 bis 2035 beginnt am" in page
    assert f"Unverändert gehen weiter: {lead} (Leitung), {staff} (Verwaltung)." in page
    assert "Neu: Fraktion Aufbruch." in page
    assert f"<strong>{delegate}</strong> (Mitte): Der Sitz gilt bis einschließlich" in page
    assert "Sofort eingeladen: Nele Neumann." in page
    assert delegate.memberships.get().end_date is None
    assert not Organization.objects.filter(name="Fraktion Aufbruch").exists()
    assert not Message.objects.exists()
    assert LegislativeTerm.objects.count() == 1


def test_change_ends_carries_founds_and_appoints(client, council, lead, delegate, deputy, other_delegate, typed):
    client.force_login(lead)
    _, done = change(client, council, typed)
    assert done.url == reverse("members:list")
    council.refresh_from_db()
    old, new = LegislativeTerm.objects.order_by("start_date")
    assert (council.term, new.name, new.start_date, old.end_date) == (new, typed["name"], days(30), days(30))
    ends = dict(Membership.objects.values_list("person__last_name", "end_date"))
    assert {name for name, end in ends.items() if end == days(30)} == {"Dahlmann", "Vertreter", "Ostermann"}
    assert {name for name, end in ends.items() if end is None} == {"Leitner", "Amtmann", "Neumann"}
    assert Membership.objects.get(person__email="neu@example.org").start_date == days(30)
    assert other_delegate.memberships.get().on_behalf_of.end_date == days(30)
    assert Organization.objects.get(name="Fraktion Aufbruch").term == new
    verbs = list(Line.objects.filter(organization_id=council.pk).values_list("verb", flat=True))
    assert (verbs.count("Mitgliedschaft beendet"), verbs.count("Wahlperiode gewechselt")) == (3, 1)


def test_second_run_has_nothing_left_to_do(client, council, lead, typed):
    client.force_login(lead)
    change(client, council, typed)
    lines, mails = Line.objects.count(), Message.objects.count()
    page, _ = change(client, council, typed)
    assert "Es bleibt nichts zu tun" in page.text
    assert (Line.objects.count(), Message.objects.count()) == (lines, mails)


def test_second_run_changes_only_the_difference(client, council, lead, staff, deputy, typed):
    client.force_login(lead)
    change(client, council, typed)
    change(client, council, typed | {"carried": carried(lead, staff, deputy)})
    assert deputy.memberships.get().end_date is None
    change(client, council, typed | {"carried": carried(lead)})
    assert (deputy.memberships.get().end_date, staff.memberships.get().end_date) == (days(30), days(30))


def test_form_knows_what_is_planned(client, council, lead, staff, typed):
    client.force_login(lead)
    form = client.get(address(council)).context["form"]
    assert (form.initial["carried"], "name" in form.initial) == (carried(lead, staff), False)
    change(client, council, typed)
    form = client.get(address(council)).context["form"]
    assert (form.initial["name"], form.initial["first_day"]) == (typed["name"], days(30))
    assert set(form.initial["carried"]) == set(carried(lead, staff))


def test_a_double_click_changes_nothing(client, council, lead, typed):
    client.force_login(lead)
    shown = client.post(address(council), typed)
    sign = re.search(r'name="seen" value="(\w+)"', shown.text)[1]
    client.post(address(council), typed | {"seen": sign})
    lines = Line.objects.count()
    again = client.post(address(council), typed | {"seen": sign})
    assert "Es bleibt nichts zu tun" in again.text
    assert Line.objects.count() == lines


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"carried": []}, "Ohne Leitung könnte niemand mehr jemanden berufen."),
        ({"name": ""}, "Geben Sie den Namen der Wahlperiode ein."),
        ({"first_day": "2001-01-01"}, "mehr als ein Jahr zurück"),
        ({"short_name_new0": ""}, "Geben Sie Name und Kurznamen der Fraktion ein."),
        ({"first_name_new0": "Nele"}, "gehören zusammen"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(client, council, lead, typed, changes, message):
    client.force_login(lead)
    page = client.post(address(council), typed | changes)
    assert page.status_code == 422
    assert message in text_of(page)
    assert "neu@example.org" in page.text
    assert LegislativeTerm.objects.count() == 1


def test_fraktion_with_seats_elsewhere_does_not_end(client, council, lead, other_delegate, typed):
    seat = MembershipFactory(on_behalf_of=other_delegate.memberships.get().on_behalf_of)
    client.force_login(lead)
    page = client.post(address(council), typed)
    assert page.status_code == 422
    assert f"hat noch Sitze im {seat.organization}." in text_of(page)


def test_fraktion_with_a_seat_that_goes_on_does_not_end(client, council, lead, other_delegate, typed):
    client.force_login(lead)
    page = client.post(address(council), typed | {"carried": carried(lead, other_delegate)})
    assert page.status_code == 422
    assert "hat noch Sitze im" in page.text


def test_old_term_stays_readable(client, council, lead, delegate, typed):
    past = MeetingFactory(organization=council, state="finished", start=timezone.now() - timedelta(days=90))
    newcomer = MembershipFactory(organization=council, on_behalf_of=FraktionFactory()).person
    client.force_login(lead)
    change(client, council, typed | {"first_day": days(0).isoformat(), "carried": carried(lead, newcomer)})
    client.force_login(newcomer)
    assert client.get(past.get_absolute_url()).status_code == 200
    assert delegate.last_name not in client.get(reverse("members:list")).text
    assert delegate.last_name in client.get(reverse("members:list"), {"stand": days(-1)}).text
    client.force_login(delegate)
    assert client.get(past.get_absolute_url()).status_code == 404
