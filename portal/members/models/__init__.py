from portal.members.models.feed import CalendarFeed
from portal.members.models.membership import Membership, Role
from portal.members.models.organization import Body, LegislativeTerm, Organization, RulesOfProcedure
from portal.members.models.person import Invitation, Notify, Person

__all__ = [
    "Body",
    "CalendarFeed",
    "Invitation",
    "LegislativeTerm",
    "Membership",
    "Notify",
    "Organization",
    "Person",
    "Role",
    "RulesOfProcedure",
]
