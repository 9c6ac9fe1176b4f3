"""Whose data somebody may hand out or erase: the lead's, of people who were in no other working group."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.timezone import localdate

from portal.meetings.models import Guest
from portal.meetings.models.meeting import GUEST_READS_FOR
from portal.members.models import Membership, Person
from portal.members.rules import Reader, groups_where_lead


def in_care_of(lead: Reader) -> "QuerySet[Person]":
    """People who are or were in the lead's working groups, as members or guests, and in no group of somebody else."""
    groups = groups_where_lead(lead)
    inside = Q(pk__in=Membership.objects.filter(organization__in=groups).values("person"))
    inside |= Q(pk__in=Guest.objects.filter(meeting__organization__in=groups).values("person"))
    outside = Q(pk__in=Membership.objects.exclude(organization__in=groups).values("person"))
    outside |= Q(pk__in=Guest.objects.exclude(meeting__organization__in=groups).values("person"))
    return Person.objects.filter(inside, erased_at=None).exclude(outside)


def why_not_erased(person: Person) -> str:
    """What stands in the way of erasing the person, or nothing."""
    if person.is_superuser:
        return "Die Person verwaltet das Portal. Dieses Recht muss zuerst enden."
    if person.memberships.filter(Q(end_date=None) | Q(end_date__gt=localdate())).exists():
        return "Die Person ist Mitglied oder wird es. Beenden Sie zuerst die Mitgliedschaft."
    if person.guest_at.filter(meeting__end__gt=timezone.now() - GUEST_READS_FOR).exists():
        return "Die Person ist Gast einer Sitzung. Ein Gast liest bis sieben Tage nach der Sitzung mit."
    return ""
