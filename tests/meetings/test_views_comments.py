"""The page of an agenda item and its discussion, with and without htmx, for each of the cast."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings.models import AgendaItem, Comment
from tests.cast import CAST, MEMBERS
from tests.factories import (
    CommentFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[Bitte klicken](javascript:alert(1))",
    '![Bild](x" onerror="alert(1))',
    "</textarea><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
]


@pytest.fixture
def comment(item, other_delegate):
    return CommentFactory(item=item, author=other_delegate, text="Bitte vertagen.")


@pytest.fixture
def own(item, delegate):
    return CommentFactory(item=item, author=delegate, text="Mein Hinweis.")


@pytest.fixture
def as_delegate(client, delegate):
    client.force_login(delegate)
    return client


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


def text_of(response):
    return response.content.decode()


class Harmless(HTMLParser):
    """Fails on whatever a browser would run, but the portal's own scripts from files."""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert tag != "script" or given.get("src", "").startswith("/static/")
        assert tag not in {"iframe", "object", "embed"}
        assert not [name for name in given if name.startswith("on")]
        assert not [value for value in given.values() if value and value.strip().lower().startswith("javascript:")]
        assert given.get("src") != "x"


def refused(response, person, status):
    if person.is_authenticated:
        return response.status_code == status
    return response.url.startswith(reverse("account_login"))


# Writing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CAST)
def test_post_is_for_members(client, person_of, name, public_item):
    person = person_of(name)
    sign_in(client, person)
    response = client.post(public_item.get_absolute_url(), {"text": "Guten Tag"})
    if name in MEMBERS and name != "deputy":
        assert response.url == public_item.comments.get().get_absolute_url()
    else:
        assert refused(response, person, 403)
        assert not Comment.objects.exists()


def test_post_saves_the_comment_and_tells_the_others(client, item, delegate, lead):
    client.force_login(delegate)
    response = client.post(item.get_absolute_url(), {"text": "Bitte vertagen."}, follow=True)
    comment = item.comments.get()
    assert (comment.author, comment.text) == (delegate, "Bitte vertagen.")
    assert response.redirect_chain[0][0].endswith(f"#kommentar-{comment.pk}")
    assert f'id="kommentar-{comment.pk}"' in text_of(response)
    assert "Ihr Kommentar ist gespeichert." in text_of(response)
    assert [message.to for message in Message.objects.all()] == [lead.email]


def test_post_with_htmx_answers_with_a_fresh_form_and_the_comment(as_delegate, item):
    page = text_of(as_delegate.post(item.get_absolute_url(), {"text": "Bitte vertagen."}, **HTMX))
    assert "<html" not in page
    assert 'id="beitrag"' in page
    assert 'data-hx-target="this"' in page
    assert "Kommentar veröffentlichen" in page
    assert page.count("Bitte vertagen.") == 1
    assert 'data-hx-swap-oob="beforeend:#beitraege"' in page
    assert "ak-comment--new" in page


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_double_click_leaves_one_comment(as_delegate, item, extra):
    for _ in range(2):
        assert as_delegate.post(item.get_absolute_url(), {"text": "Einmal"}, **extra).status_code < 400
    assert item.comments.count() == 1


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_reply_stands_below_the_comment(client, item, delegate, comment, extra):
    client.force_login(delegate)
    opened = text_of(client.get(item.get_absolute_url(), {"antwort": comment.pk}, **extra))
    assert f'id="antwort-{comment.pk}-text"' in opened
    assert ("Kommentar veröffentlichen" in opened) is (extra == {})
    response = client.post(item.get_absolute_url(), {"text": "Gern.", "parent": comment.pk}, **extra)
    assert [(reply.author, reply.text) for reply in comment.replies.all()] == [(delegate, "Gern.")]
    if extra:
        assert text_of(response).strip().startswith(f'<li id="faden-{comment.pk}">')
        assert "Gern." in text_of(response)
    else:
        assert response.url == comment.replies.get().get_absolute_url()


def test_cancelled_reply_closes_the_form(as_delegate, item, comment):
    page = text_of(as_delegate.get(item.get_absolute_url(), {"faden": comment.pk}, **HTMX))
    assert "Bitte vertagen." in page
    assert "<textarea" not in page


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_reply_cannot_reach_into_another_item(as_delegate, item, extra):
    elsewhere = CommentFactory()
    response = as_delegate.post(item.get_absolute_url(), {"text": "Eingeschlichen", "parent": elsewhere.pk}, **extra)
    assert response.status_code == 422
    assert "Eingeschlichen" in text_of(response)
    assert not elsewhere.replies.exists()


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_reply_to_a_comment_withdrawn_meanwhile_keeps_the_text(as_delegate, item, comment, extra):
    Comment.objects.update(withdrawn_at=timezone.now(), text="")
    response = as_delegate.post(item.get_absolute_url(), {"text": "Lange getippt", "parent": comment.pk}, **extra)
    assert response.status_code == 422
    assert "inzwischen zurückgezogen" in text_of(response)
    assert "Lange getippt" in text_of(response)


@pytest.mark.parametrize("extra", [{}, HTMX])
@pytest.mark.parametrize(
    ("text", "message"), [("  ", "Schreiben Sie Ihren Kommentar."), ("x" * 10_001, "Ihr Kommentar ist zu lang")]
)
def test_invalid_comment_is_kept_and_explained(as_delegate, item, extra, text, message):
    response = as_delegate.post(item.get_absolute_url(), {"text": text}, **extra)
    assert response.status_code == 422
    assert "ak-error-summary" in text_of(response)
    assert message in text_of(response)
    assert text.strip() in text_of(response)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("extra", [{}, HTMX])
@pytest.mark.parametrize("is_reply", [True, False])
def test_text_is_not_lost_when_the_discussion_closes_meanwhile(as_delegate, item, comment, extra, is_reply):
    AgendaItem.objects.update(discussion_closed_at=timezone.now())
    typed = {"text": "Lange getippt", **({"parent": comment.pk} if is_reply else {})}
    response = as_delegate.post(item.get_absolute_url(), typed, **extra)
    assert response.status_code == 422
    assert "inzwischen geschlossen" in text_of(response)
    assert "Lange getippt" in text_of(response)
    assert item.comments.count() == 1


@pytest.mark.parametrize("closed", ["discussion", "meeting"])
def test_closed_discussion_offers_no_form(client, item, meeting, own, closed):
    if closed == "discussion":
        AgendaItem.objects.update(discussion_closed_at=timezone.now())
    else:
        meeting.state = "finished"
        meeting.save()
    client.force_login(own.author)
    page = text_of(client.get(item.get_absolute_url()))
    assert "geschlossen" in page
    assert "<textarea" not in page
    assert "Antworten" not in page
    assert "Zurückziehen" not in page


# One's own ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["comment_edit", "comment_withdraw"])
@pytest.mark.parametrize("name", [name for name in CAST if name != "delegate"])
def test_own_comments_only(client, person_of, name, page, own):
    person = person_of(name)
    sign_in(client, person)
    address = reverse(f"meetings:{page}", args=[own.pk])
    for response in (client.get(address), client.post(address, {"text": "Anders", "version": 1})):
        assert refused(response, person, 403 if name in MEMBERS else 404)
    own.refresh_from_db()
    assert (own.text, own.withdrawn_at) == ("Mein Hinweis.", None)


@pytest.mark.parametrize("page", ["comment_edit", "comment_withdraw"])
def test_unknown_comment_does_not_exist(client, delegate, page):
    client.force_login(delegate)
    assert client.get(reverse(f"meetings:{page}", args=[uuid4()])).status_code == 404


def test_edit_saves_and_shows_that_it_was_changed(client, own):
    client.force_login(own.author)
    address = reverse("meetings:comment_edit", args=[own.pk])
    assert "Mein Hinweis." in text_of(client.get(address))
    response = client.post(address, {"text": "Besser gesagt", "version": 1}, follow=True)
    assert "Besser gesagt" in text_of(response)
    assert "geändert am" in text_of(response)
    assert own.versions.get().text == "Mein Hinweis."


def test_edit_without_text_says_so(client, own):
    client.force_login(own.author)
    response = client.post(reverse("meetings:comment_edit", args=[own.pk]), {"text": "", "version": 1})
    assert response.status_code == 422
    assert "Schreiben Sie Ihren Kommentar." in text_of(response)


def test_edit_shows_both_texts_when_another_window_was_faster(client, own):
    Comment.objects.update(text="Aus Fenster zwei <b>", version=2)
    client.force_login(own.author)
    address = reverse("meetings:comment_edit", args=[own.pk])
    response = client.post(address, {"text": "Aus Fenster eins", "version": 1})
    assert response.status_code == 409
    assert "Aus Fenster zwei &lt;b&gt;" in text_of(response)
    assert "Aus Fenster eins" in text_of(response)
    assert client.post(address, {"text": "Aus Fenster eins", "version": 2}).status_code == 302


def test_withdraw_asks_first(client, own):
    client.force_login(own.author)
    address = reverse("meetings:comment_withdraw", args=[own.pk])
    assert "Mein Hinweis." in text_of(client.get(address))
    own.refresh_from_db()
    assert own.withdrawn_at is None
    page = text_of(client.post(address, follow=True))
    assert "Ihr Kommentar ist zurückgezogen." in page
    assert "Mein Hinweis." not in page
    assert "Der Kommentar wurde zurückgezogen." not in page


def test_withdrawn_comment_with_replies_leaves_a_note(client, own, other_delegate):
    CommentFactory(item=own.item, parent=own, author=other_delegate, text="Danke dafür.")
    client.force_login(own.author)
    page = text_of(client.post(reverse("meetings:comment_withdraw", args=[own.pk]), follow=True))
    assert "Der Kommentar wurde zurückgezogen." in page
    assert "Danke dafür." in page
    assert "Mein Hinweis." not in page


def test_withdrawn_reply_is_gone_and_leaves_no_note_behind(as_delegate, item, comment):
    CommentFactory(item=item, parent=comment, withdrawn_at=timezone.now(), text="Weg damit")
    page = text_of(as_delegate.get(item.get_absolute_url()))
    assert "Weg damit" not in page
    assert "Der Kommentar wurde zurückgezogen." not in page
    Comment.objects.filter(pk=comment.pk).update(withdrawn_at=timezone.now(), text="")
    assert "Der Kommentar wurde zurückgezogen." not in text_of(as_delegate.get(item.get_absolute_url()))


# Harmless -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_in_comments_come_out_harmless(as_delegate, item, script):
    as_delegate.post(item.get_absolute_url(), {"text": script})
    comment = item.comments.get()
    assert comment.text == script
    pages = [
        as_delegate.get(item.get_absolute_url()),
        as_delegate.get(reverse("meetings:comment_edit", args=[comment.pk])),
        as_delegate.post(reverse("meetings:comment_edit", args=[comment.pk]), {"text": "Anders", "version": 9}),
        as_delegate.get(reverse("meetings:comment_withdraw", args=[comment.pk])),
        as_delegate.post(item.get_absolute_url(), {"text": script, "parent": uuid4()}),
    ]
    for page in map(text_of, pages):
        Harmless().feed(page)
