"""Long: all that anybody of the demo finds by following links, at four screens, with folded parts open."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from django.core.management import call_command
from django.urls import resolve, reverse

from portal.mail.models import Message
from portal.meetings.actions.guests import invite_guest
from portal.meetings.emails import comment_posted
from portal.meetings.models import Comment, Meeting
from portal.members.actions.seats import appoint
from portal.members.models import Organization, Person, Role
from tests.browser.conftest import is_too_wide
from tests.browser.steps import unfold
from tests.pages import OPEN, PAGES

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

FILES = {
    "meetings:invitation_pdf",
    "meetings:invite_preview",
    "meetings:proof_pdf",
    "meetings:ics",
    "minutes:pdf",
    "office:attachment",
    "office:trail_export",
}
OF_EACH_KIND = {
    "meetings:detail": 17,
    "meetings:agenda_item": 3,
    "meetings:poll": 3,
    "minutes:detail": 2,
}  # of the others one is looked at
FOLLOWED = 40  # of each kind the links are followed
WITH_ARGUMENTS = {
    "meetings:answer",
    "meetings:feed",
    "meetings:public_feed",
    "meetings:poll_answer",
    "members:accept",
    "members:unsubscribe",
    "account_reset_password_from_key",
}
NO_PAGES = {"healthz", "home:theme", "admin:jsi18n", "meetings:day_notes"}
REFUSED_EMPTY = {
    "account_login",
    "office:appoint",
    "members:fraktion_create",
    "meetings:agenda_item",
    "meetings:create",
    "meetings:item_create",
    "meetings:move",
    "meetings:poll_call_off",
    "meetings:poll_create",
    "meetings:poll_edit",
    "meetings:series",
    "topics:create",
}
EMPTY_AND_SEND = """form => {
    for (const field of form.querySelectorAll("input:not([type=hidden], [type=radio]), textarea")) field.value = "";
    form.requestSubmit();
}"""
LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"
LINKS_OF = """html => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("a[href^='/']")]
    .map(link => link.href)"""
NARROWEST = {"width": 320, "height": 900}


class Walk:
    """One person follows the links of every page and looks at a few of each kind; what is wrong is kept by page."""

    def __init__(self, page, look):
        self.page, self.look = page, look
        self.kinds, self.faults, self.names = Counter(), {}, set()

    def go(self, *starts):
        queue, known = deque(starts), set(starts)
        while queue:
            address = queue.popleft()
            kind = kind_of(address)
            self.kinds[kind] += 1
            if self.kinds[kind] <= OF_EACH_KIND.get(kind, 1):
                self.visit(address)
                found = self.page.evaluate(LINKS)
            elif self.kinds[kind] <= FOLLOWED and kind not in FILES:
                answer = self.page.request.get(address)
                self.note(address, answer.status)
                found = self.page.evaluate(LINKS_OF, answer.text())
            else:
                continue
            found = [link for link in self.own(found) if link not in known]
            queue.extend(found)
            known.update(found)

    def visit(self, address):
        name = kind_of(address).partition("?")[0]
        self.names.add(name)
        if name in FILES:
            self.note(address, self.page.request.get(address).status)
            return
        self.note(address, self.page.goto(address).status)
        unfold(self.page)
        self.judge(address)
        form = self.page.locator("main form[novalidate]").last
        if name in REFUSED_EMPTY and form.count():
            with self.page.expect_response(lambda answer: answer.request.method == "POST") as refused:
                form.evaluate(EMPTY_AND_SEND)
            refused.value.finished()
            self.page.get_by_role("alert").first.wait_for()
            self.judge(f"{address} sent empty")
            self.page.goto(address)

    def note(self, address, status):
        if status != 200:
            self.faults.setdefault(address, []).append(f"status {status}")

    def judge(self, address):
        found = self.look(self.page)
        self.page.set_viewport_size(NARROWEST)
        found += ["scrolls sideways at 320"] * is_too_wide(self.page)
        if found:
            self.faults.setdefault(address, []).extend(found)

    def own(self, links) -> Iterator[str]:
        """Those that lead to pages of the portal, without its name."""
        home = urlsplit(self.page.url)
        for link in dict.fromkeys(links):
            whole = urlsplit(urldefrag(link).url)
            if whole.netloc == home.netloc:
                yield whole._replace(scheme="", netloc="").geturl()


def kind_of(address):
    """The name of the page, and which questions its address asks."""
    whole = urlsplit(address)
    asked = ",".join(sorted(parse_qs(whole.query)))
    return resolve(whole.path).view_name + (f"?{asked}" if asked else "")


@pytest.fixture
def people(tmp_path):
    """The people of the demo by role; what the demo has no example of is added."""
    call_command("demo", seed=1, accounts=tmp_path / "accounts.json", verbosity=0)
    accounts = json.loads((tmp_path / "accounts.json").read_text())
    people = {account["role"]: Person.objects.get(email=account["email"]) for account in accounts}
    lead, group = people["lead"], Organization.objects.get(short_name="AK Digital")
    newcomer = Person(email="neu@example.org", first_name="Neu", last_name="Hinzu", salutation="Frau")
    appoint(group, by=lead, person=newcomer, role=Role.STAFF)
    stranger = Person(email="fachfrau@example.org", first_name="Fach", last_name="Frau", salutation="Frau")
    meeting = Meeting.objects.get(organization=group, state="invited")
    invite_guest(meeting, by=lead, person=stranger, whole_meeting=True, items=[])
    Message.objects.filter(pk=Message.objects.earliest("pk").pk).update(status=Message.Status.FAILED)
    comment = Comment.objects.filter(item__meeting__state="invited", parent=None).first()
    people["delegate"] = comment.author
    comment_posted(comment)
    return people | {"anonymous": None}


def starts_of(name):
    """The start page; for those who are not signed in, all that is open, and the links of mails."""
    if name != "anonymous":
        return ["/"]
    texts = "".join(message.text for message in Message.objects.all())
    links = [
        re.search(rf"http://testserver(/{path}/\S+)", texts)[1]
        for path in ("antwort", "terminantwort", "abbestellen", "konto/einladung")
    ]
    return [*links, *(reverse(name) for name in sorted(OPEN - WITH_ARGUMENTS - NO_PAGES))]


ROLES = ("lead", "staff", "clerk", "delegate", "deputy", "guest", "former", "stranger", "superuser", "anonymous")


@pytest.mark.parametrize("name", ROLES)
def test_every_page_of_the_demo_is_accessible(visitor, everywhere, people, name):
    walk = Walk(visitor(people[name]), everywhere)
    walk.go(*starts_of(name))
    assert walk.faults == {}
    open_to_them = {page.name for page in PAGES if name in page.allowed and not page.posts_only}
    assert sorted(open_to_them - walk.names - NO_PAGES) == []
