"""Two of the Verwaltung at the same second, and one who clicks twice: one mail each, and nothing typed is lost."""

from collections import Counter
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings.actions import agenda, invitation
from portal.meetings.models import Meeting
from portal.ui.templatetags.ui import day
from tests.meetings.letters import event_of, mails
from tests.meetings.pages import text_of, url
from tests.meetings.test_views_invitation import hidden, moving, times
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ONCE = "Niemand erhält die Nachricht doppelt."


@pytest.fixture
def offices(lead, clerk):
    """The lead's browser and the clerk's; the first page renews the session."""
    browsers = []
    for person in (lead, clerk):
        browsers.append(Client())
        browsers[-1].force_login(person)
        browsers[-1].get("/")
    return browsers


@pytest.fixture
def circle(lead, clerk, delegate, other_delegate):
    """One mail each."""
    return Counter([lead.email, clerk.email, delegate.email, other_delegate.email])


@pytest.fixture
def invited(draft, lead, circle):
    """The meeting after its first invitation, with the outbox emptied."""
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    for mail in mails():
        mail.delete()
    return draft


def posted_at_once(*posts):
    """Post each (browser, address, form) at the same moment; the answers, successes first."""
    answers = at_once(*[partial(browser.post, address, form) for browser, address, form in posts])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return sorted(answers, key=lambda answer: (answer.status_code, answer.wsgi_request.user.last_name))


def sent(**fields):
    """How many mails each has got."""
    return Counter(mail.to for mail in mails(**fields))


def test_two_who_move_at_once_send_one_mail_each(offices, invited, circle):
    before, uid = timezone.localtime(invited.start), f"{invited.pk}@testserver"
    forms = [moving(invited, **times(invited, days=days), note=f"Grund {days}") for days in (7, 14)]
    clicks = zip(offices, [url("move", invited)] * 2, forms, strict=True)
    won, lost = posted_at_once(*clicks)
    invited.refresh_from_db()
    after = timezone.localtime(invited.start)
    assert (won.status_code, lost.status_code) == (302, 409)
    assert (sent(), invited.revision, invited.sequence) == (circle, 2, 1)
    for mail in mails():
        event = event_of(mail)
        assert (event["UID"], event["SEQUENCE"], event["DTSTART"].dt) == (uid, 1, after.replace(microsecond=0))
        assert f"bisher: {day(before)}" in " ".join(mail.text.split())
        assert f"jetzt: {day(after)}" in " ".join(mail.text.split())
    page = text_of(lost)
    typed = lost.wsgi_request.POST
    assert "Jemand anderes hat inzwischen gespeichert" in page
    assert f"{after:%d.%m.%Y}" in page
    assert typed["note"] in page
    assert f'value="{typed["day"]}"' in page
    assert Line.objects.filter(verb="Sitzung verlegt").count() == 1


def test_one_who_clicks_move_twice_moves_once(offices, invited, circle):
    office, address = offices[0], url("move", invited)
    form = moving(invited, **times(invited, days=7), note="Der Saal ist belegt.")
    answers = posted_at_once(*[(office, address, form)] * 3)
    assert {answer.url for answer in answers} == {invited.get_absolute_url()}
    page = text_of(office.post(address, form, follow=True))
    assert f"Die Sitzung ist schon so geändert. {ONCE}" in page
    assert "Nicht verschickt" not in page
    invited.refresh_from_db()
    assert (sent(), invited.sequence) == (circle, 1)


def test_second_who_moves_to_the_same_day_gets_the_reason_back(offices, invited, circle):
    forms = [moving(invited, **times(invited, days=7), note=note) for note in ("Saal belegt", "Sturm")]
    for office, form in zip(offices, forms, strict=True):
        page = office.post(url("move", invited), form, follow=True)
    assert f"{ONCE} Nicht verschickt ist, was Sie als Grund eingegeben haben: „Sturm“" in text_of(page)
    assert sent() == circle


def test_two_who_invite_at_once_send_one_mail_each(offices, draft, circle):
    seen = hidden(offices[0].get(url("invite", draft)))
    answers = posted_at_once(*[(office, url("invite", draft), seen) for office in offices * 2])
    assert {answer.status_code for answer in answers} == {302}
    assert (sent(), Line.objects.filter(verb="Einladung verschickt").count()) == (circle, 1)


def test_two_who_send_a_change_at_once_send_one_mail_each(offices, invited, lead, circle):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    seen = hidden(offices[0].get(url("invite", invited)))
    answers = posted_at_once(*[(office, url("invite", invited), seen) for office in offices * 2])
    assert {answer.status_code for answer in answers} == {302}
    invited.refresh_from_db()
    assert (sent(), invited.revision, invited.sequence) == (circle, 2, 0)


def test_two_who_call_off_at_once_send_one_mail_each(offices, invited, circle):
    reasons = ("Grippewelle", "Sturm")
    forms = [{"version": invited.version, "reason": reason} for reason in reasons]
    address = url("cancel", invited)
    answers = posted_at_once(*[(office, address, form) for office, form in zip(offices, forms, strict=True)] * 2)
    assert {answer.url for answer in answers} == {invited.get_absolute_url()}
    invited.refresh_from_db()
    assert (sent(), sent(calendar_method="CANCEL"), invited.sequence) == (circle, circle, 1)
    (lost,) = {*reasons} - {invited.cancel_reason}
    for office, form in zip(offices, forms, strict=True):
        page = text_of(office.post(address, form, follow=True))
        assert f"Die Sitzung ist schon abgesagt. {ONCE}" in page
        assert (f"„{lost}“" in page) == (form["reason"] == lost)


def test_move_and_cancellation_at_once_end_in_one_of_both(offices, invited, circle):
    form = moving(invited, **times(invited, days=7), note="Saal belegt")
    posted_at_once(
        (offices[0], url("move", invited), form),
        (offices[1], url("cancel", invited), {"version": invited.version, "reason": "Sturm"}),
    )
    invited.refresh_from_db()
    assert (sent(), invited.sequence) == (circle, 1)
    assert {mail.calendar_method for mail in mails()} == {"CANCEL" if invited.state == "cancelled" else "REQUEST"}


def test_whoever_moves_what_was_called_off_is_told_and_gets_the_reason_back(offices, invited, lead):
    form = moving(invited, **times(invited, days=7), note="Saal belegt")
    invitation.cancel(invited, by=lead, version=invited.version, reason="Sturm")
    page = text_of(offices[1].post(url("move", invited), form, follow=True))
    assert "Die Sitzung ist schon abgesagt." in page
    assert "„Saal belegt“" in page


def test_whoever_calls_off_what_was_a_draft_reads_who_will_be_told(offices, draft, lead, delegate):
    form = {"version": draft.version, "reason": "Sturm"}
    invitation.invite(draft, by=lead, version=draft.version)
    page = offices[1].post(url("cancel", draft), form)
    assert page.status_code == 409
    assert "Soll sie trotzdem entfallen?" in text_of(page)
    assert "3 Personen werden benachrichtigt" in text_of(page)
    assert ">Sturm</textarea>" in text_of(page)


@pytest.mark.parametrize(
    ("state", "words"), [("running", "hat inzwischen begonnen"), ("finished", "ist inzwischen beendet")]
)
@pytest.mark.parametrize(("verb", "field"), [("move", "note"), ("cancel", "reason"), ("invite", "late_reason")])
def test_whoever_sends_a_form_of_a_meeting_that_has_begun_is_told_and_gets_the_reason_back(
    offices, invited, circle, delegate, client, state, words, verb, field
):
    Meeting.objects.filter(pk=invited.pk).update(state=state)
    form = {"version": invited.version, field: "Saal belegt"}
    page = text_of(offices[1].post(url(verb, invited), form, follow=True))
    assert f"Die Sitzung {words}. Niemand erhält eine Nachricht. Nicht verschickt ist" in page
    assert "„Saal belegt“" in page
    assert sent() == Counter()
    assert offices[1].get(url(verb, invited)).status_code == 403
    client.force_login(delegate)
    assert client.post(url(verb, invited), form).status_code == 403
