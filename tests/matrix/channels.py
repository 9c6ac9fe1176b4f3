"""All that the portal shows to one reader, by channel: pages, fragments, files, mails."""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from portal.mail.models import Message
from portal.meetings.models import AgendaItem, Attendance, Comment, DatePoll, Delivery, Guest, Meeting, Recusal
from portal.members.models import Membership, Person
from portal.minutes.models import Entry, Minutes
from portal.topics.models import Topic
from tests.meetings.letters import everything_in
from tests.pages import PAGES
from tests.pdf.test_documents import text_of

# Of what kind the things are that the pages of tests/pages.py show; what is no content of meetings is left out.
KINDS = {
    "topic": Topic,
    "seat": Membership,
    "closed_seat": Membership,
    "meeting": Meeting,
    "draft": Meeting,
    "running": Meeting,
    "finished": Meeting,
    "closed_meeting": Meeting,
    "public_item": AgendaItem,
    "item": AgendaItem,
    "confidential_item": AgendaItem,
    "draft_item": AgendaItem,
    "comment": Comment,
    "recusal": Recusal,
    "delivery": Delivery,
    "guest_row": Guest,
    "new_guest_row": Guest,
    "minutes": Minutes,
    "final_minutes": Minutes,
    "entry": Entry,
    "mail": Message,
    "passed_on_seat": Attendance,
    "poll": DatePoll,
}
PAPERS = {
    "meetings:invitation_pdf": "einladung",
    "meetings:invite_preview": "vorschau",
    "meetings:proof_pdf": "zustellnachweis",
    "minutes:pdf": "niederschrift",
}


READING = {
    "home:start",
    "home:topic",
    "home:topics",
    "meetings:agenda_item",
    "meetings:detail",
    "meetings:ics",
    "meetings:invitation_pdf",
    "meetings:invite",
    "meetings:invite_preview",
    "meetings:delivery",
    "meetings:list",
    "meetings:live",
    "meetings:proof",
    "meetings:proof_pdf",
    "meetings:poll",
    "meetings:polls",
    "meetings:seat",
    "members:list",
    "minutes:detail",
    "minutes:entry",
    "minutes:pdf",
    "office:message",
    "office:outbox",
}


def addresses(*, everything: bool) -> Iterator[tuple[str, str]]:
    """Every page of every thing there is, with the name of the page; or those alone that are there to be read."""
    for name, kind in sorted({(page.name, page.thing and KINDS.get(page.thing)) for page in PAGES}, key=str):
        if kind == "" and (everything or name in READING):
            yield name, reverse(name)
        elif kind and (everything or name in READING):
            yield from ((name, reverse(name, args=[pk])) for pk in kind.objects.values_list("pk", flat=True))
    for year in Meeting.objects.order_by("year").values_list("year", flat=True).distinct():
        yield "meetings:year", reverse("meetings:year", args=[year])
    for message, file in Message.attachments.through.objects.values_list("message", "attachment"):
        yield "office:attachment", reverse("office:attachment", args=[message, file])


def fragments() -> Iterator[tuple[str, str]]:
    """What htmx asks for."""
    for comment in Comment.objects.filter(parent=None):
        yield "meetings:agenda_item", f"{reverse('meetings:agenda_item', args=[comment.item_id])}?faden={comment.pk}"
    for pk in Meeting.objects.values_list("pk", flat=True):
        yield "meetings:live", f"{reverse('meetings:live', args=[pk])}?stand="


def shown_to(reader: Person, *, everything: bool = False) -> dict[str, str]:
    """All answers to this reader, errors and headers included, by channel; the mails to the reader too."""
    client, found = Client(), defaultdict(list)
    if isinstance(reader, Person):
        client.force_login(reader)
        found["mail"] = [everything_in(mail) for mail in Message.objects.filter(person=reader.pk)]
    for name, address in addresses(everything=everything):
        answer = client.get(address)
        found[channel_of(name, answer)].append(f"{answer.headers} {words_of(answer)}")
    for _, address in fragments():
        answer = client.get(address, headers={"HX-Request": "true"})
        found["htmx"].append(f"{answer.headers} {words_of(answer)}")
    return {channel: "\n".join(texts) for channel, texts in found.items()}


def channel_of(name: str, answer: HttpResponse) -> str:
    if answer.headers.get("Content-Type", "").startswith("text/calendar"):
        return "ics"
    if is_pdf(answer):
        return PAPERS.get(name, "attachment")
    if name.startswith("admin:"):
        return "systemverwaltung"
    return "page"


def is_pdf(answer: HttpResponse) -> bool:
    return answer.headers.get("Content-Type") == "application/pdf"


def words_of(answer: HttpResponse | StreamingHttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if is_pdf(answer):
        return text_of(content)
    return re.sub(r"\r?\n ", "", content.decode()) if channel_of("", answer) == "ics" else content.decode()
