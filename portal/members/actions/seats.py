"""Seats: who is appointed to which place, since when and until when."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from portal.audit import trail
from portal.members.actions import accounts
from portal.members.models import Membership, Organization, Person, Role

OWN_SEAT = "Diese Person hat diese Funktion in dieser Zeit bereits."
DELEGATE_SEAT = (
    "Diese Fraktion hat in dieser Zeit bereits eine delegierte Person."
    " Lösen Sie sie ab, oder beenden Sie zuerst deren Mitgliedschaft."
)
RANK = "Diesen Rang hat in dieser Zeit bereits eine andere Stellvertretung der Fraktion."
TAKEN = {  # constraint that had the last word, and what the reader is told
    "delegate_seat_once_a_day": DELEGATE_SEAT,
    "one_delegate_per_fraktion": DELEGATE_SEAT,
    "deputy_rank_once_a_day": RANK,
    "one_deputy_per_rank": RANK,
    "role_once_a_day": OWN_SEAT,
    "one_role_once_a_person": OWN_SEAT,
}
LAST_LEAD = (
    "Ohne Leitung könnte niemand mehr jemanden berufen. Berufen Sie zuerst eine neue Leitung, oder lösen Sie diese ab."
)
BUSY = "Gerade werden Sitze dieses Arbeitskreises geändert. Bitte versuchen Sie es in einem Moment noch einmal."
LOCK_TIMEOUT = "55P03"  # of PostgreSQL, after the seconds of the settings
OVER = "Diese Mitgliedschaft ist inzwischen beendet oder geändert. Sehen Sie in der Mitgliederliste nach."
TOO_EARLY = "Der erste Tag muss nach dem Beginn der bisherigen Mitgliedschaft liegen."
PAST_RANKS = 1_000  # out of the way of every rank while an order is written anew


class SeatRefused(Exception):
    """What was wanted of a seat cannot be; the message is for the reader."""


class SeatTaken(SeatRefused):
    """The seat, or the rank, belongs to somebody else at that time."""


class Reordered(Exception):
    """Somebody else has changed the order of the deputies since it was read."""


@transaction.atomic
def appoint(
    organization: Organization,
    *,
    by: Person | None,
    person: Person,
    role: str,
    on_behalf_of: Organization | None = None,
    start_date: date | None = None,
) -> Membership:
    """Give the person a place in the working group and mail how to get in."""
    organization = lock(organization.pk)
    first_day = start_date or timezone.localdate()
    rank = _next_rank(organization, on_behalf_of, first_day) if role == Role.DEPUTY else None
    return _seat(
        Membership(organization=organization, role=role, on_behalf_of=on_behalf_of, rank=rank, start_date=first_day),
        by=by,
        person=person,
    )


@transaction.atomic
def end_membership(membership: Membership, *, by: Person, end_date: date, sooner: bool = False) -> bool:
    """End the membership; `end_date` is the first day without it. False if it has an end, at least no later one."""
    current = _locked(membership)
    if current.end_date is not None and not (sooner and current.end_date > end_date):
        return False
    _end(current, by=by, end_date=end_date)
    _keep_a_lead(current, on=max(end_date, timezone.localdate()))
    return True


@transaction.atomic
def replace(membership: Membership, *, by: Person, person: Person, first_day: date) -> Membership:
    """Hand the seat over: the last day of the one is the day before the first of the other."""
    old = _locked(membership)
    if old.end_date is not None:
        raise SeatRefused(OVER)
    if first_day <= old.start_date:
        raise SeatRefused(TOO_EARLY)
    _end(old, by=by, end_date=first_day)
    new = Membership(
        organization=old.organization,
        role=old.role,
        on_behalf_of=old.on_behalf_of,
        rank=old.rank,
        start_date=first_day,
    )
    return _seat(new, by=by, person=person, replaces=str(old.pk))


@transaction.atomic
def reopen(membership: Membership, *, by: Person) -> None:
    """Take back an end that is still ahead."""
    current = _locked(membership)
    if current.end_date is None or current.is_over:
        raise SeatRefused(OVER)
    current.end_date = None
    _place(current)
    _record(current, by, "Ende der Mitgliedschaft zurückgenommen")


@transaction.atomic
def correct_start(membership: Membership, *, by: Person, start_date: date) -> None:
    """Move the first day of an appointment that has not begun."""
    current = _not_begun(membership)
    current.start_date = start_date
    _place(current)
    _record(current, by, "Beginn der Mitgliedschaft geändert", start_date=start_date.isoformat())


@transaction.atomic
def withdraw(membership: Membership, *, by: Person) -> None:
    """Take back an appointment that has not begun: it stays on record without a single day."""
    current = _not_begun(membership)
    current.end_date = current.start_date
    current.save(update_fields=["end_date", "modified"])
    _keep_a_lead(current, on=current.start_date)
    accounts.void_links_of_former(current.person)
    _record(current, by, "Berufung zurückgenommen")


@transaction.atomic
def move_deputy(membership: Membership, *, by: Person, direction: Literal["up", "down"], seen: Sequence[UUID]) -> None:
    """Let the deputy change places with the next one, if the order still is the one that was seen."""
    current = _locked(membership)
    order = list(deputies_beside(current))
    if [seat.pk for seat in order] != list(seen):
        raise Reordered
    place = order.index(current)
    other = place - 1 if direction == "up" else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    Membership.objects.filter(pk__in=seen).update(rank=F("rank") + PAST_RANKS)
    for rank, seat in enumerate(order, 1):
        seat.rank = rank
    Membership.objects.bulk_update(order, ["rank"])
    _record(current, by, "Reihenfolge der Stellvertretungen geändert", rank=order.index(current) + 1)


def deputies_beside(seat: Membership) -> QuerySet[Membership]:
    """The deputies of the same Fraktion, of today and to come, in their order."""
    beside: QuerySet[Membership] = Membership.objects.lasting().filter(
        organization=seat.organization_id, on_behalf_of=seat.on_behalf_of_id, role=Role.DEPUTY
    )
    return beside.select_related("person", "organization", "on_behalf_of").order_by("rank", "start_date")


@transaction.atomic
def add_fraktion(*, by: Person, organization: Organization, name: str, short_name: str) -> Organization:
    """Add a Fraktion of the Rat, so that it can send somebody."""
    fraktion = Organization.objects.create(
        kind=Organization.Kind.FRAKTION, name=name, short_name=short_name, term=organization.term
    )
    trail.record(actor=by, verb="Fraktion angelegt", thing=fraktion, organization=organization.pk)
    return fraktion


def lock(organization_id: UUID) -> Organization:
    """Hold the working group until the end of the transaction: its seats change one after the other."""
    try:
        return Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_TIMEOUT:
            raise SeatRefused(BUSY) from error
        raise


def _locked(membership: Membership) -> Membership:
    """The seat as it is stored, with its working group held."""
    lock(membership.organization_id)
    seats = Membership.objects.select_for_update(of=("self",))
    return seats.select_related("person", "organization", "on_behalf_of").get(pk=membership.pk)


def _not_begun(membership: Membership) -> Membership:
    current = _locked(membership)
    if current.has_begun or current.end_date is not None:
        raise SeatRefused(OVER)
    return current


def _seat(seat: Membership, *, by: Person | None, person: Person, **detail: str) -> Membership:
    """Put the person on the free seat, and tell them."""
    _refuse_a_taken_place(seat)
    seat.person = accounts.with_account(person)
    _place(seat)
    _record(seat, by, "Mitglied berufen", role=seat.role, start_date=seat.start_date.isoformat(), **detail)
    accounts.tell(seat)
    return seat


def _end(seat: Membership, *, by: Person, end_date: date) -> None:
    seat.end_date = end_date
    seat.save(update_fields=["end_date", "modified"])
    accounts.void_links_of_former(seat.person)
    _record(seat, by, "Mitgliedschaft beendet", end_date=end_date.isoformat())


def _place(seat: Membership) -> None:
    """Store the seat if it is free; the database has the last word."""
    _refuse_a_taken_place(seat)
    if _others(seat).filter(person=seat.person_id).exists():
        raise SeatTaken(OWN_SEAT)
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError as error:
        for constraint, message in TAKEN.items():
            if constraint in str(error):
                raise SeatTaken(message) from error
        raise


def _refuse_a_taken_place(new: Membership) -> None:
    """One delegate per Fraktion at any time, one deputy per rank."""
    of_fraktion = _others(new).filter(on_behalf_of=new.on_behalf_of_id)
    if new.role == Role.DELEGATE and of_fraktion.exists():
        raise SeatTaken(DELEGATE_SEAT)
    if new.role == Role.DEPUTY and of_fraktion.filter(rank=new.rank).exists():
        raise SeatTaken(RANK)


def _others(new: Membership) -> QuerySet[Membership]:
    """The seats with the same role that have a day in common with the new one."""
    others: QuerySet[Membership] = Membership.objects.filter(organization=new.organization_id, role=new.role).exclude(
        pk=new.pk
    )
    others = others.filter(Q(end_date=None) | Q(end_date__gt=new.start_date)).exclude(end_date=F("start_date"))
    if new.end_date is not None:
        others = others.filter(start_date__lt=new.end_date)
    return others


def _keep_a_lead(gone: Membership, *, on: date) -> None:
    """A working group is not left without somebody who can appoint."""
    leads = Membership.objects.on(on).filter(organization=gone.organization_id, role=Role.LEAD)
    if gone.role == Role.LEAD and not leads.exists():
        raise SeatRefused(LAST_LEAD)


def _next_rank(organization: Organization, fraktion: Organization | None, first_day: date) -> int:
    deputies = Membership.objects.filter(organization=organization, on_behalf_of=fraktion, role=Role.DEPUTY)
    not_over = deputies.filter(Q(end_date=None) | Q(end_date__gt=first_day))
    return (not_over.aggregate(last=Max("rank"))["last"] or 0) + 1


def _record(seat: Membership, by: Person | None, verb: str, **detail: str | int) -> None:
    trail.record(actor=by, verb=verb, thing=seat, organization=seat.organization_id, **detail)
