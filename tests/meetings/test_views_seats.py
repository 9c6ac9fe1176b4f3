"""Passing on, and the page of a seat, as people meet them; and what a deputy reads."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.meetings import emails
from portal.meetings.actions import chain, comments, invitation
from portal.meetings.models import Comment
from portal.minutes.emails import final as send_minutes
from tests.factories import CommentFactory, MinutesFactory
from tests.meetings.letters import readers
from tests.meetings.pages import sign_in, text_of, url
from tests.meetings.seating import pass_on, row, says, seat
from tests.pdf.test_documents import text_of as text_of_pdf


def link(attendance, query=""):
    return emails.answer_url(attendance).removeprefix("http://testserver") + query


def test_one_click_passes_the_seat_on(client, asked, meeting, delegate, deputy, fraktion):
    client.force_login(delegate)
    assert "Absagen und um Vertretung bitten" in text_of(client.get(meeting.get_absolute_url()))
    page = text_of(client.post(url("rsvp", meeting), {"answer": "substitute", "note": "Urlaub"}, follow=True))
    assert f"{deputy} ist um Vertretung gebeten." in page
    assert seat(meeting, fraktion).question.person == deputy
    assert row(meeting, delegate).note == "Urlaub"


def test_start_page_asks_the_deputy_and_warns_the_lead(client, asked, meeting, lead, delegate, deputy, second):
    pass_on(meeting, delegate)
    client.force_login(deputy)
    assert f"Können Sie {delegate} vertreten?" in text_of(client.get("/"))
    for person in (deputy, second):
        says(meeting, person, "declined")
    client.force_login(lead)
    page = text_of(client.get("/"))
    assert "Sitz Mitte ist unbesetzt" in page
    assert reverse("meetings:seat", args=[asked.pk]) in page
    client.force_login(deputy)
    assert "vertreten?" not in text_of(client.get("/"))


def test_link_offers_a_deputy_only_where_there_is_one(client, asked, meeting, other_delegate):
    assert "um Vertretung bitten" in text_of(client.get(link(asked, "?antwort=vertretung")))
    page = text_of(client.get(link(row(meeting, other_delegate), "?antwort=vertretung")))
    assert "um Vertretung bitten" not in page
    assert "Bitte bestätigen Sie noch Ihre Absage" in page


def test_link_asks_before_a_deputy_is_released(client, asked, meeting, delegate, deputy):
    pass_on(meeting, delegate)
    says(meeting, deputy, "accepted")
    response = client.post(link(asked), {"answer": "accepted", "note": "Doch da"})
    assert response.status_code == 409
    assert f"{deputy} hat zugesagt, Sie zu vertreten." in text_of(response)
    client.post(link(asked), {"answer": "accepted", "note": "Doch da", "release": deputy.pk})
    assert (row(meeting, delegate).answer, row(meeting, delegate).note) == ("accepted", "Doch da")
    assert not row(meeting, deputy).is_called_in


def test_link_thanks_a_deputy_who_declines_and_then_is_gone(client, asked, meeting, delegate, deputy):
    pass_on(meeting, delegate)
    address = link(row(meeting, deputy))
    page = text_of(client.post(address, {"answer": "declined"}, follow=True))
    assert "Danke für Ihre Antwort" in page
    assert client.post(address, {"answer": "accepted"}).status_code == 200
    assert not row(meeting, deputy).is_called_in
    deputy.is_active = False
    deputy.save()
    assert client.get(address).status_code == 404


def test_link_of_a_silent_deputy_is_gone(client, asked, meeting, delegate, deputy):
    pass_on(meeting, delegate)
    address = link(row(meeting, deputy))
    assert client.get(address).status_code == 200
    says(meeting, delegate, "accepted")
    assert client.get(address).status_code == 404


def test_page_of_a_seat_asks_in_order_or_by_choice(client, asked, meeting, lead, delegate, deputy, second, fraktion):
    says(meeting, delegate, "declined")
    client.force_login(lead)
    address = reverse("meetings:seat", args=[asked.pk])
    assert "Der Sitz ist unbesetzt." in text_of(client.get(address))
    assert f"{deputy} ist um Vertretung gebeten" in text_of(client.post(address, follow=True))
    assert f"{second} ist um Vertretung gebeten" in text_of(client.post(address, {"deputy": second.pk}, follow=True))
    says(meeting, second, "accepted")
    assert "Das geht nicht mehr" in text_of(client.post(address, {"deputy": deputy.pk}, follow=True))
    assert seat(meeting, fraktion).substitute.person == second


def test_page_of_a_seat_belongs_to_a_delegate(client, asked, meeting, lead):
    client.force_login(lead)
    assert client.get(reverse("meetings:seat", args=[row(meeting, lead).pk])).status_code == 404


def test_members_read_the_story_of_a_seat(client, asked, meeting, other_delegate, delegate, deputy, second):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    says(meeting, second, "accepted")
    client.force_login(other_delegate)
    page = text_of(client.get(meeting.get_absolute_url()))
    for words in (
        f"{delegate} sagt ab",
        f"{deputy} (1. Stellvertretung) ist angefragt, Antwort bis",
        f"{second} (2. Stellvertretung) sagt zu",
        f"in Vertretung für {delegate}",
    ):
        assert words in page
    assert "Vertretung regeln" not in page


@pytest.mark.parametrize("passed_on", [False, True])
@pytest.mark.parametrize(("name", "queries"), [("lead", 13), ("other_delegate", 12), ("staff", 12)])
def test_meeting_page_takes_no_more_queries_for_more_steps(
    client, asked, meeting, delegate, deputy, second, person_of, name, queries, passed_on, django_assert_num_queries
):
    if passed_on:
        pass_on(meeting, delegate)
        says(meeting, deputy, "declined")
    client.force_login(person_of(name))
    client.get(meeting.get_absolute_url())
    with django_assert_num_queries(queries):
        client.get(meeting.get_absolute_url())


def reads(client, person, item):
    """Whether the person reads an internal item, on its own page and on the agenda."""
    client.force_login(person)
    status = client.get(item.get_absolute_url()).status_code
    return status, item.title in client.get(item.meeting.get_absolute_url()).content.decode()


@pytest.mark.usefixtures("only_when_called_in")
def test_deputy_reads_what_is_not_public_only_while_called_in(client, asked, meeting, item, delegate, deputy, second):
    assert reads(client, deputy, item) == (404, False)
    pass_on(meeting, delegate)
    assert reads(client, deputy, item) == (200, True)
    assert reads(client, second, item) == (404, False)
    says(meeting, deputy, "declined")
    assert reads(client, deputy, item) == (404, False)
    says(meeting, second, "accepted")
    assert reads(client, second, item) == (200, True)


def test_deputy_reads_always_where_the_house_rule_says_so_but_writes_only_when_called_in(
    client, asked, meeting, item, delegate, deputy
):
    assert reads(client, deputy, item) == (200, True)
    assert client.post(item.get_absolute_url(), {"text": "Frage"}).status_code == 403
    pass_on(meeting, delegate)
    client.post(item.get_absolute_url(), {"text": "Frage"})
    assert Comment.objects.get().author == deputy


@pytest.mark.usefixtures("only_when_called_in")
def test_comments_and_minutes_reach_the_deputy_who_was_called_in(
    client, asked, meeting, item, clerk, delegate, deputy, second
):
    pass_on(meeting, delegate)
    says(meeting, deputy, "accepted")
    comments.comment_on(item, author=delegate, text="Frage")
    final = {"state": "final", "finalised_at": timezone.now(), "finalised_by": clerk, "pdf": b"%PDF-", "sha256": "0"}
    minutes = MinutesFactory(meeting=meeting, clerk=clerk, **final)
    send_minutes(minutes)
    for kind in ("Kommentar", "Niederschrift"):
        assert deputy.email in readers(kind=kind)
        assert second.email not in readers(kind=kind)
    for person, status in ((deputy, 200), (second, 404)):
        client.force_login(person)
        assert client.get(minutes.get_absolute_url()).status_code == status
        assert client.get(reverse("minutes:pdf", args=[minutes.pk])).status_code == status


@pytest.mark.usefixtures("only_when_called_in")
def test_invitation_and_calendar_hide_from_a_deputy_what_is_not_public(client, asked, draft, lead, delegate, deputy):
    title = draft.items.get().title
    invitation.invite(draft, by=lead, version=draft.version)
    client.force_login(deputy)
    assert title not in text_of_pdf(client.get(url("invitation_pdf", draft)).content)
    assert title not in client.get(url("ics", draft)).content.decode()
    pass_on(draft, delegate)
    assert title in text_of_pdf(client.get(url("invitation_pdf", draft)).content)
    assert title in client.get(url("ics", draft)).content.decode()


def test_comment_of_a_deputy_who_was_released_can_no_longer_be_changed(client, asked, meeting, item, delegate, deputy):
    pass_on(meeting, delegate)
    comment = CommentFactory(item=item, author=deputy)
    address = reverse("meetings:comment_edit", args=[comment.pk])
    client.force_login(deputy)
    assert client.get(address).status_code == 200
    says(meeting, delegate, "accepted")
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", ["staff", "delegate", "deputy", "guest", "stranger", "anonymous"])
def test_others_cannot_arrange_a_seat(client, asked, meeting, fraktion, person_of, name):
    sign_in(client, person_of(name))
    assert client.post(reverse("meetings:seat", args=[asked.pk])).status_code in {302, 403, 404}
    assert chain.seat(meeting, fraktion.pk).called_in is None
