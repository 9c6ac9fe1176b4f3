"""Which mails comments cause. They name no title of a confidential item, and no text of any item."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from portal.mail import outbox
from portal.meetings.emails.letters import is_reachable, line
from portal.meetings.models import Comment
from portal.members.emails import unsubscribe_url
from portal.members.models import Membership, Notify, Person


def comment_posted(comment: Comment) -> None:
    """Tell the other members that want it; the mail names the item and who wrote, never what."""
    item = comment.item
    title = line(item)
    for person in _readers_of(comment):
        outbox.put(
            key=f"comment:{comment.pk}:{person.pk}",
            kind="Kommentar",
            to=person.email or "",
            to_name=person.get_full_name(),
            subject=f"Neuer Kommentar zu {title}",
            template="meetings/mail/comment",
            context={
                "person": person,
                "author": comment.author.get_full_name(),
                "is_reply": comment.parent_id is not None,
                "title": title,
                "meeting": item.meeting,
                "sender": item.meeting.organization.name,
                "link": settings.BASE_URL + comment.get_absolute_url(),
                "profile_link": settings.BASE_URL + reverse("members:profile"),
            },
            group=item.meeting.organization_id,
            about=item.pk,
            person=person.pk,
            thread=f"item-{item.pk}",
            unsubscribe=unsubscribe_url(person),
        )


def _readers_of(comment: Comment) -> Iterator[Person]:
    """Those of today's members who read the comment and want to hear of it, but the author."""
    seats = Membership.objects.current().filter(organization=comment.item.meeting.organization_id)
    members = Person.objects.filter(pk__in=seats.values("person"), notify=Notify.AT_ONCE)
    for person in members.exclude(pk=comment.author_id):
        if is_reachable(person) and Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
            yield person
