import pytest
from django.utils import timezone

from portal.meetings import emails
from portal.meetings.emails import Change
from portal.members.models import Person
from tests.factories import AgendaItemFactory, AttendanceFactory, CommentFactory, MembershipFactory
from tests.meetings.letters import SECRETS, add_marked_items, everything_in, mail_to, mails, readers


@pytest.fixture
def everybody(lead, staff, clerk, delegate, other_delegate, deputy, former, second_group_member, stranger, superuser):
    return [lead, staff, clerk, delegate, other_delegate, deputy]


def test_comment_is_told_to_the_other_members(item, delegate, everybody, guest):
    comment = CommentFactory(item=item, author=delegate, text="Geheimnis im Kommentar")
    emails.comment_posted(comment)
    assert readers() == {person.email for person in everybody} - {delegate.email}
    mail = mails()[0]
    assert mail.subject == "Neuer Kommentar zu TOP 2: Punkt intern"
    for body in (mail.text, mail.html):
        assert f"http://testserver/tops/{item.pk}/#kommentar-{comment.pk}" in body
        assert delegate.get_full_name() in body
        assert "/konto/profil/" in body
        assert "Geheimnis" not in body


def test_comment_is_told_once_for_each_reader(item, delegate, lead):
    comment = CommentFactory(item=item, author=delegate)
    emails.comment_posted(comment)
    emails.comment_posted(comment)
    assert [mail.key for mail in mails()] == [f"comment:{comment.pk}:{lead.pk}"]


def test_comment_on_a_confidential_item_names_only_its_number(meeting, lead, delegate):
    _, secret = add_marked_items(meeting)
    emails.comment_posted(CommentFactory(item=secret, author=delegate))
    mail = mail_to(lead)
    assert mail.subject == f"Neuer Kommentar zu TOP {secret.number} (vertraulich)"
    assert not [word for word in SECRETS if word in everything_in(mail)]


@pytest.mark.parametrize("wish", ["daily", "invitations"])
def test_comment_mail_goes_only_to_those_who_wish_it_at_once(item, delegate, everybody, wish):
    Person.objects.update(notify=wish)
    emails.comment_posted(CommentFactory(item=item, author=delegate))
    assert mails() == []


def test_comment_on_a_draft_is_told_to_the_office_only(draft, everybody, lead, staff, clerk):
    emails.comment_posted(CommentFactory(item=draft.items.get(), author=staff))
    assert readers() == {lead.email, clerk.email}


def test_comment_is_told_once_to_a_person_with_two_roles_and_never_without_address(item, lead, delegate, group):
    MembershipFactory(organization=group, person=lead, role="clerk")
    MembershipFactory(organization=group, person__email=None)
    MembershipFactory(organization=group, person__is_active=False)
    emails.comment_posted(CommentFactory(item=item, author=delegate))
    assert [mail.to for mail in mails()] == [lead.email]


def test_reply_says_so(item, delegate, lead):
    first = CommentFactory(item=item, author=lead)
    emails.comment_posted(CommentFactory(item=item, author=delegate, parent=first))
    assert "auf einen Kommentar geantwortet" in mail_to(lead).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("Ort", "Rathaus", "Feuerwache"), "Ort: bisher Rathaus, jetzt Feuerwache"),
        (Change("Neu", after="TOP 2: Glasfaser"), "Neu: TOP 2: Glasfaser"),
        (Change("Entfällt", before="TOP 2: Glasfaser"), "Entfällt: TOP 2: Glasfaser"),
        (Change("Erläuterung geändert"), "Erläuterung geändert"),
    ],
)
def test_change_in_words(change, words):
    assert str(change) == words


def test_item_line_and_what_stands_behind_it(meeting):
    item = AgendaItemFactory(meeting=meeting, title="Glasfaser", presenter="Frau Kaya", is_supplement=True)
    _, secret = add_marked_items(meeting)
    assert emails.agenda([item, secret]) == [
        ("TOP 4: Glasfaser", "Nachtrag, Information, Vortrag: Frau Kaya"),
        ("TOP 6 (vertraulich)", ""),
    ]


@pytest.mark.parametrize("kind", ["silent", "coming"])
def test_mails_of_one_meeting_form_a_thread_and_belong_to_the_group(meeting, delegate, kind):
    attendance = AttendanceFactory(meeting=meeting, person=delegate, role="delegate")
    emails.reminder(attendance, kind)
    mail = mail_to(delegate)
    assert (mail.thread, mail.group, mail.about) == (f"meeting-{meeting.pk}", meeting.organization_id, meeting.pk)
    assert f"Guten Tag {delegate.formal_name}," in mail.text
    assert "weil Sie Mitglied sind" in mail.text


def test_mail_to_a_guest_says_why(meeting, guest):
    emails.reminder(meeting.attendances.get(person=guest), "silent")
    assert "weil Sie als Gast zu dieser Sitzung eingeladen sind" in mail_to(guest).text


def test_markup_in_texts_stays_text(meeting, delegate):
    meeting.title, meeting.cancel_reason = "A & B <i>", "<script>alert(1)</script>"
    attendance = AttendanceFactory(meeting=meeting, person=delegate, answer="accepted", answered_at=timezone.now())
    emails.cancelled(attendance, calendar=None)
    mail = mail_to(delegate)
    assert "<script>alert(1)</script>" in mail.text
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
