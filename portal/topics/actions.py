"""What happens to topics."""

from django.db import transaction

from portal.audit import trail, versions
from portal.members.models import Organization, Person
from portal.topics.models import Topic

FIELDS = ("title", "summary", "text", "state", "responsible")


@transaction.atomic
def create_topic(
    organization: Organization,
    *,
    by: Person,
    title: str,
    summary: str = "",
    text: str = "",
    state: str = Topic.State.OPEN,
    responsible: Person | None = None,
) -> Topic:
    """Add a topic that the working group follows from now on."""
    topic = Topic.objects.create(
        organization=organization, title=title, summary=summary, text=text, state=state, responsible=responsible
    )
    trail.record(actor=by, verb="Thema angelegt", thing=topic, organization=organization.pk)
    return topic


@transaction.atomic
def edit_topic(
    topic: Topic,
    *,
    by: Person,
    version: int,
    title: str,
    summary: str,
    text: str,
    state: str,
    responsible: Person | None,
) -> Topic:
    """Change a topic, unless somebody else has changed it since this version."""
    current = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    typed = {"title": title, "summary": summary, "text": text, "state": state, "responsible": responsible}
    changed = [field for field in FIELDS if getattr(current, field) != typed[field]]
    if not changed:  # a double click, too
        return current
    if current.version != version:
        raise versions.Stale(current)
    for field in changed:
        setattr(current, field, typed[field])
    current.version += 1
    current.save(update_fields=[*changed, "version", "modified"])
    trail.record(
        actor=by,
        verb="Thema geändert",
        thing=current,
        organization=current.organization_id,
        version=current.version,
        fields=", ".join(changed),
    )
    return current
