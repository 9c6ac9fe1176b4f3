from portal.members.models.membership import Membership, Role
from portal.members.models.organization import Body, LegislativeTerm, Organization, RulesOfProcedure
from portal.members.models.person import Invitation, Person

__all__ = [
    "Body",
    "Invitation",
    "LegislativeTerm",
    "Membership",
    "Organization",
    "Person",
    "Role",
    "RulesOfProcedure",
]
