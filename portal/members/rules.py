"""Who holds which role today. Every other room's rules start here."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from portal.members.models import Membership, Person, Role

Reader = Person | AnonymousUser


def roles_in(person: Reader, organization_id: UUID) -> frozenset[str]:
    """The person's roles in this working group today; empty for strangers, former and anonymous people."""
    if not isinstance(person, Person):
        return frozenset()
    return frozenset(m.role for m in person.current_memberships if m.organization_id == organization_id)


def is_member(person: Reader, organization_id: UUID) -> bool:
    return bool(roles_in(person, organization_id))


def is_member_on(person: Reader, organization_id: UUID, day: date) -> bool:
    """Whether the person has a seat on that day: a seat of today that lasts, or one that begins by then."""
    if not isinstance(person, Person):
        return False
    of_today = [m for m in person.current_memberships if m.organization_id == organization_id]
    if any(m.end_date is None or m.end_date > day for m in of_today):
        return True
    return person.memberships.on(day).filter(organization=organization_id).exists()


def is_office(person: Reader, organization_id: UUID) -> bool:
    """Lead, staff or clerk: those who prepare meetings."""
    return not roles_in(person, organization_id).isdisjoint(Role.of_office())


def is_lead(person: Reader, organization_id: UUID) -> bool:
    return Role.LEAD in roles_in(person, organization_id)


def is_clerk(person: Reader, organization_id: UUID) -> bool:
    return Role.CLERK in roles_in(person, organization_id)


def groups_where_office(person: Reader) -> list[UUID]:
    """The working groups in which the person belongs to the Verwaltung."""
    if not isinstance(person, Person):
        return []
    return [m.organization_id for m in person.current_memberships if m.role in Role.of_office()]


def groups_where_lead(person: Reader) -> list[UUID]:
    """The working groups that the person leads."""
    if not isinstance(person, Person):
        return []
    return [m.organization_id for m in person.current_memberships if m.role == Role.LEAD]


def has_left(person: Reader) -> bool:
    """Was a member and is none today: reads their own data, and changes nothing."""
    return isinstance(person, Person) and not person.current_memberships and person.memberships.exists()


def may_edit_profile(person: Reader) -> bool:
    return not has_left(person)


def may_have_feed(person: Reader) -> bool:
    return not has_left(person)


def may_appoint(person: Reader, organization_id: UUID) -> bool:
    """Appoint and end memberships, send access links, add a Fraktion: the lead."""
    return is_lead(person, organization_id)


def may_end(person: Reader, membership: Membership) -> bool:
    """End, replace, send the access link: as long as no end is set."""
    return may_appoint(person, membership.organization_id) and membership.end_date is None


def may_send_access(person: Reader, membership: Membership) -> bool:
    """Send or revoke the one-time link of somebody who has not come in yet: the lead."""
    newcomer = membership.person
    return may_appoint(person, membership.organization_id) and bool(newcomer.email) and not newcomer.has_opened_account


def may_reset_access(person: Reader, membership: Membership) -> bool:
    """Take away all ways in and send a new link: the lead, for others; never for those who administer the portal."""
    member = membership.person
    is_open = bool(member.email) and member.is_active and member.has_opened_account and not member.is_superuser
    return may_appoint(person, membership.organization_id) and is_open and member != person


def lacks_second_factor(person: Reader) -> bool:
    """Whether a function of the person asks for a second factor that they have not set up."""
    if not isinstance(person, Person):
        return False
    functions = [seat.role for seat in person.current_memberships] + ["superuser"] * person.is_superuser
    return not set(functions).isdisjoint(settings.SECOND_FACTOR_ROLES) and not person.has_second_factor


def may_reopen(person: Reader, membership: Membership) -> bool:
    """Take back an end that is still ahead."""
    has_end_ahead = membership.end_date is not None and not membership.is_over
    return may_appoint(person, membership.organization_id) and has_end_ahead


def may_correct(person: Reader, membership: Membership) -> bool:
    """Move or take back an appointment that has not begun."""
    return may_end(person, membership) and not membership.has_begun


def may_rank(person: Reader, membership: Membership) -> bool:
    """Reorder the deputies of a Fraktion."""
    is_deputy = membership.role == Role.DEPUTY and not membership.is_over
    return may_appoint(person, membership.organization_id) and is_deputy
