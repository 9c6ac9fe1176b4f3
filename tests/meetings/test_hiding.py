"""The lead hides what somebody else wrote; nobody changes it (security.md, C3)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings import rules
from portal.meetings.actions.comments import comment_on, edit_comment, hide_comment, show_comment
from portal.meetings.models import Comment
from tests.cast import CAST
from tests.factories import CommentFactory, RecusalFactory

pytestmark = pytest.mark.django_db

TEXT, REASON = "Birkenrinde", "Verletzt die Vertraulichkeit."


@pytest.fixture
def comment(item, delegate):
    return CommentFactory(item=item, author=delegate, text=TEXT)


@pytest.fixture
def hidden(comment, lead):
    return hide_comment(comment, by=lead, reason=REASON)


def test_only_the_lead_may(comment, person_of):
    assert {name for name in CAST if rules.may_hide_comment(person_of(name), comment)} == {"lead"}


def test_not_ones_own_and_not_what_bars_the_lead(comment, item, lead):
    own = CommentFactory(item=item, author=lead)
    with pytest.raises(PermissionDenied):
        hide_comment(own, by=lead, reason=REASON)
    RecusalFactory(item=item, person=lead)
    with pytest.raises(PermissionDenied):
        hide_comment(comment, by=lead, reason=REASON)
    assert not Comment.objects.exclude(hidden_at=None).exists()


@pytest.mark.parametrize(
    ("name", "reads"),
    [("delegate", True), ("lead", True), ("other_delegate", False), ("staff", False), ("clerk", False)],
)
def test_who_still_reads_it(client, request, hidden, item, name, reads):
    client.force_login(request.getfixturevalue(name))
    for answer in (
        client.get(item.get_absolute_url()),
        client.get(f"{item.get_absolute_url()}?faden={hidden.pk}", headers={"HX-Request": "true"}),
    ):
        content = answer.content.decode()
        assert f"<strong>Von der Leitung ausgeblendet:</strong> {REASON}" in content
        assert (TEXT in content) is reads


def test_it_counts_no_more_and_is_no_news(client, hidden, item, other_delegate):
    client.force_login(other_delegate)
    assert '1<span class="ak-vh">' not in client.get(item.meeting.get_absolute_url()).content.decode()
    assert hidden.get_absolute_url() not in client.get(reverse("home:start")).content.decode()


def test_nobody_answers_it(hidden, item, other_delegate):
    with pytest.raises(PermissionDenied):
        comment_on(item, author=other_delegate, text="Doch!", parent=hidden)


def test_its_author_may_word_it_anew_and_it_stays_hidden(hidden, delegate):
    edit_comment(hidden, by=delegate, text="Milder", version=hidden.version)
    hidden.refresh_from_db()
    assert (hidden.text, hidden.hidden_reason) == ("Milder", REASON)


def test_hidden_and_shown_again_with_a_line_each(hidden, comment, lead):
    assert hide_comment(hidden, by=lead, reason="Anders").hidden_reason == REASON
    assert [show_comment(hidden, by=lead).hidden_at for _ in range(2)] == [None, None]
    verbs = Line.objects.filter(actor=lead).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["Kommentar ausgeblendet", "Kommentar wieder eingeblendet"]
    assert TEXT not in str(Line.objects.values_list("detail", flat=True))


def test_database_wants_person_and_reason(comment):
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(hidden_at=timezone.now())


class TestPage:
    def test_it_asks_for_a_reason(self, client, comment, lead):
        client.force_login(lead)
        address = reverse("meetings:comment_hide", args=[comment.pk])
        refused = client.post(address, {"reason": " "})
        assert (refused.status_code, "Geben Sie den Grund an." in refused.content.decode()) == (422, True)
        assert client.post(address, {"reason": REASON}).url == comment.get_absolute_url()
        comment.refresh_from_db()
        assert (comment.hidden_by, comment.text) == (lead, TEXT)

    def test_a_second_click_does_not_show_it_again(self, client, hidden, lead):
        client.force_login(lead)
        address = reverse("meetings:comment_hide", args=[hidden.pk])
        client.post(address, {"reason": REASON})
        hidden.refresh_from_db()
        assert hidden.hidden_at
        assert "Kommentar wieder einblenden?" in client.get(address).content.decode()
        client.post(address, {"einblenden": "1"})
        hidden.refresh_from_db()
        assert hidden.hidden_at is None
