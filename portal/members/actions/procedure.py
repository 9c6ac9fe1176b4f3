"""The Geschäftsordnung of a working group, set for days to come and never for days gone by; its public calendar."""

from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import trail, versions
from portal.members.actions import seats
from portal.members.models import Organization, Person, RulesOfProcedure

TOO_LATE = "Was gegolten hat, bleibt. Wählen Sie heute oder einen späteren Tag."


class Figures(TypedDict):
    """What the rules say."""

    invitation_days: int
    supplement_days: int
    proposal_days: int
    comment_days: int | None
    minutes_days: int
    objection_days: int
    remind_silent_days: int
    remind_coming_days: int
    deputy_access: str
    deputy_answer_hours: int


@transaction.atomic
def set_rules(
    organization: Organization, *, by: Person, valid_from: date, **figures: Unpack[Figures]
) -> RulesOfProcedure:
    """Let these rules hold from that day on; the same rules again change nothing."""
    if valid_from < localdate():
        raise ValidationError({"valid_from": TOO_LATE})
    seats.lock(organization.pk)
    rules = RulesOfProcedure.objects.filter(organization=organization, valid_from=valid_from).first()
    if rules and not versions.changed(rules, dict(figures)):
        return rules
    rules, _ = RulesOfProcedure.objects.update_or_create(
        organization=organization, valid_from=valid_from, defaults=dict(figures)
    )
    trail.record(
        actor=by,
        verb="Geschäftsordnung festgelegt",
        thing=rules,
        organization=organization.pk,
        valid_from=valid_from.isoformat(),
        **figures,
    )
    return rules


@transaction.atomic
def switch_public_calendar(organization: Organization, *, by: Person, on: bool) -> bool:
    """Open or close the calendar that anybody may subscribe to; False if it is so already."""
    current = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if current.has_public_calendar == on:
        return False
    current.has_public_calendar = on
    current.save(update_fields=["has_public_calendar", "modified"])
    verb = "Öffentlicher Kalender eingeschaltet" if on else "Öffentlicher Kalender ausgeschaltet"
    trail.record(actor=by, verb=verb, thing=current, organization=current.pk)
    return True
