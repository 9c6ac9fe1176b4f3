"""Hearing less by mail: the link and the header of mails that nobody has to get, and the page behind them."""

import re
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.home import digest
from portal.mail.mime import build
from portal.mail.models import Message
from portal.meetings.actions import invitation
from portal.meetings.emails import ANSWER, comment_posted, reminder
from portal.members.actions.accounts import send_access
from portal.members.emails import unsubscribe_url
from portal.members.models import Notify, Person
from portal.minutes import emails as minutes_emails
from tests.factories import CommentFactory, MinutesFactory

pytestmark = pytest.mark.django_db
GONE = "Dieser Link gilt nicht mehr"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link(person):
    return unsubscribe_url(person).removeprefix("http://testserver")


def wish_of(person):
    return Person.objects.values_list("notify", flat=True).get(pk=person.pk)


def headers_of(message):
    return message_from_bytes(build(message).message().as_bytes(linesep="\r\n"))


@pytest.fixture
def every_mail(meeting, draft, item, lead, clerk, delegate, other_delegate):
    """Mails of all kinds that a delegate gets."""
    other_delegate.notify, other_delegate.news_until = Notify.DAILY, timezone.now() - timedelta(days=2)
    other_delegate.save()
    moment = timezone.now() - timedelta(days=1)
    comment_posted(CommentFactory(item=item, author=clerk, created_at=moment))
    minutes = MinutesFactory(
        meeting=meeting, clerk=clerk, state="final", finalised_at=moment, finalised_by=clerk, pdf=b"%PDF-", sha256="0"
    )
    minutes_emails.final(minutes)
    digest.tell(other_delegate.pk, timezone.now())
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    for kind in ("silent", "coming"):
        reminder(draft.attendances.select_related("meeting", "person").get(person=delegate), kind)
    invitation.cancel(draft, by=lead, version=draft.version, reason="Krank")
    send_access(delegate.memberships.get(), by=lead)
    return Message.objects.all()


def test_only_what_can_be_switched_off_can_be_unsubscribed(every_mail):
    kinds = {kind: set() for kind in every_mail.values_list("kind", flat=True)}
    for mail in every_mail:
        kinds[mail.kind].add("/abbestellen/" in mail.text)
        assert ("/abbestellen/" in mail.text) == ("/abbestellen/" in mail.html) == bool(mail.unsubscribe)
        assert ("List-Unsubscribe" in headers_of(mail)) == bool(mail.unsubscribe)
    optional, needed = {"Kommentar", "Niederschrift", "Neues vom Tag"}, {"Einladung", "Absage", "Erinnerung", "Zugang"}
    assert kinds == {kind: {True} for kind in optional} | {kind: {False} for kind in needed}


def test_link_of_a_mail_is_the_readers_own_and_names_nobody(every_mail, delegate):
    mail = every_mail.get(kind="Kommentar", person=delegate.pk)
    assert mail.unsubscribe == unsubscribe_url(delegate)
    assert mail.unsubscribe in mail.text
    assert f'href="{mail.unsubscribe}"' in mail.html
    assert not re.search(r"dahlmann|example\.org", mail.unsubscribe, re.IGNORECASE)


def test_mail_programs_find_the_one_click_where_the_portal_has_tls(item, clerk, delegate, settings):
    settings.BASE_URL = "https://portal.der-stadt-beispielhausen.example.org"
    comment_posted(CommentFactory(item=item, author=clerk))
    head = headers_of(Message.objects.get(person=delegate.pk))
    assert re.sub(r"\s", "", head["List-Unsubscribe"]) == f"<{unsubscribe_url(delegate)}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_tls_the_header_leads_to_the_page(item, clerk, delegate):
    comment_posted(CommentFactory(item=item, author=clerk))
    head = headers_of(Message.objects.get(person=delegate.pk))
    assert re.sub(r"\s", "", head["List-Unsubscribe"]) == f"<{unsubscribe_url(delegate)}>"
    assert head["List-Unsubscribe-Post"] is None


def test_page_asks_and_changes_nothing(client, delegate):
    for answer in (client.get(link(delegate)), client.head(link(delegate))):
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "strict-origin"
    page = client.get(link(delegate)).text
    assert "Keine Neuigkeiten mehr" in page
    assert delegate.email not in page
    assert wish_of(delegate) == Notify.AT_ONCE
    assert not Line.objects.exists()


@pytest.mark.parametrize("sent", [ONE_CLICK, {}], ids=["mail provider", "button"])
def test_post_without_cookie_and_token_switches_off_once(delegate, sent):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = client.post(link(delegate), sent, headers={"Origin": "null"})
        assert answer.status_code == 200  # a provider follows no redirect
        assert "Wieder einschalten" in answer.text
    assert wish_of(delegate) == Notify.INVITATIONS
    line = Line.objects.get()
    assert (line.actor, line.verb, line.door) == (delegate, "Eigene Angaben geändert", "link")
    assert line.detail == {"notify": "invitations"}
    assert "Wieder einschalten" in client.get(link(delegate)).text


def test_link_acts_for_its_person_whoever_is_signed_in(client, lead, delegate, settings):
    settings.SECOND_FACTOR_ROLES = ["lead"]
    client.force_login(lead)
    assert client.get(link(delegate)).status_code == 200
    client.post(link(delegate), ONE_CLICK)
    assert (wish_of(lead), wish_of(delegate)) == (Notify.AT_ONCE, Notify.INVITATIONS)


def end_seat(person):
    person.memberships.update(end_date=timezone.localdate())


def close_account(person):
    Person.objects.filter(pk=person.pk).update(is_active=False)


def erase(person):
    Person.objects.filter(pk=person.pk).update(is_active=False, email=None, erased_at=timezone.now())


@pytest.mark.parametrize("end", [end_seat, close_account, erase])
def test_link_that_has_ended_answers_like_one_that_never_was(client, delegate, end):
    address = link(delegate)
    end(delegate)
    never = client.get("/abbestellen/unsinn/")
    read, sent = client.get(address), client.post(address, ONE_CLICK)
    assert (never.status_code, read.status_code, sent.status_code) == (404, 404, 404)
    assert GONE in never.text
    assert read.content == never.content == sent.content
    assert wish_of(delegate) == Notify.AT_ONCE


def test_other_keys_do_not_fit(client, delegate):
    token = link(delegate).split("/")[2]
    forged = Signer(key="another key", sep=".", salt="portal.members.unsubscribe").sign(delegate.pk.hex)
    for wrong in (ANSWER.sign(delegate.pk.hex), delegate.pk.hex, token[:-1], forged):
        assert client.post(reverse("members:unsubscribe", args=[wrong])).status_code == 404
    assert wish_of(delegate) == Notify.AT_ONCE


def test_page_takes_few_queries(client, delegate, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get(link(delegate))
