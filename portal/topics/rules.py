"""Who may keep topics."""

from uuid import UUID

from portal.members.rules import Reader, is_office
from portal.topics.models import Topic


def may_create_topic(person: Reader, organization_id: UUID) -> bool:
    return is_office(person, organization_id)


def may_edit_topic(person: Reader, topic: Topic) -> bool:
    return is_office(person, topic.organization_id)
