import pytest
from django.core.management import CommandError, call_command

from portal.mail.models import Message
from portal.members.models import Body, Membership, Organization, Role
from portal.topics.models import Topic

ARGUMENTS = {
    "body": "Stadt Neuhausen",
    "email": "Leitung@example.org",
    "first_name": "Lea",
    "last_name": "Leitner",
}


def test_found_sets_up_group_topics_and_lead(db, capsys):
    call_command("found", **ARGUMENTS)
    seat = Membership.objects.get()
    assert Body.objects.get().name == "Stadt Neuhausen"
    assert (seat.role, seat.person.email) == (Role.LEAD, "leitung@example.org")
    assert [topic.title for topic in Topic.objects.all()] == ["KRZN-Vertrag", "OZG-Leistungen", "Mobiles Arbeiten"]
    assert [mail.to for mail in Message.objects.all()] == ["leitung@example.org"]
    assert "leitung@example.org" in capsys.readouterr().out


def test_found_refuses_a_second_time(db, capsys):
    call_command("found", **ARGUMENTS)
    with pytest.raises(CommandError, match="already"):
        call_command("found", **ARGUMENTS)
    assert Organization.objects.count() == 1


FURTHER = {"group": "Arbeitskreis Klimaschutz", "short_name": "AK Klima", "first_name": "Kim", "last_name": "Kraft"}


def test_found_without_body_adds_a_working_group_of_its_own(db, capsys):
    call_command("found", **ARGUMENTS)
    call_command("found", **FURTHER, email="kraft@example.org")
    group = Organization.objects.get(short_name="AK Klima")
    assert [(seat.role, seat.person.email) for seat in group.memberships.all()] == [(Role.LEAD, "kraft@example.org")]
    assert not group.topics.exists()
    with pytest.raises(CommandError, match="already"):
        call_command("found", **FURTHER, email="kraft@example.org")


def test_found_without_body_needs_an_installation(db):
    with pytest.raises(CommandError, match="--body"):
        call_command("found", **FURTHER, email="kraft@example.org")
    assert not Organization.objects.exists()
