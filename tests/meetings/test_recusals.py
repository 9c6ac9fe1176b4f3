"""Befangenheit: who records it, and what is gone for that person from then on."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings import rules
from portal.meetings.actions import agenda, comments, invitation, revision, schedule
from portal.meetings.actions.recusals import lift_recusal, people_at, record_recusal
from portal.meetings.models import AgendaItem, Comment, Recusal
from portal.minutes.models import Minutes
from tests.cast import CAST
from tests.factories import AgendaItemFactory, AttendanceFactory, CommentFactory, RecusalFactory
from tests.meetings.letters import INTERNAL, SECRETS, add_marked_items, everything_in, mail_to
from tests.pdf.test_documents import text_of

pytestmark = pytest.mark.django_db


def page(item):
    return reverse("meetings:recusals", args=[item.pk])


def test_lead_and_clerk_record_it(item, person_of):
    allowed = {name for name in CAST if rules.may_record_recusal(person_of(name), item)}
    assert allowed == {"lead", "clerk"}


def test_it_is_one_however_often_it_is_recorded(item, lead, delegate):
    first, second = (record_recusal(item, by=lead, person=delegate) for _ in range(2))
    assert first == second
    line = Line.objects.get(verb="Befangenheit erfasst")
    assert (line.actor, line.detail) == (lead, {"item": str(item.pk), "person": str(delegate.pk)})


def test_it_can_be_taken_back_once(item, lead, clerk, delegate):
    recusal = record_recusal(item, by=lead, person=delegate)
    assert not AgendaItem.objects.visible_to(delegate).filter(pk=item.pk).exists()
    assert [lift_recusal(recusal, by=clerk) for _ in range(2)] == [True, False]
    assert AgendaItem.objects.visible_to(delegate).filter(pk=item.pk).exists()
    assert Line.objects.get(verb="Befangenheit zurückgenommen").actor == clerk


def test_nobody_takes_back_their_own(client, public_item, lead, clerk):
    recusal = record_recusal(public_item, by=clerk, person=lead)
    with pytest.raises(PermissionDenied):
        lift_recusal(recusal, by=lead)
    client.force_login(lead)
    assert client.post(reverse("meetings:recusal_lift", args=[recusal.pk])).status_code == 403
    assert client.get(page(public_item)).status_code == 403
    assert Recusal.objects.exists()


def test_final_minutes_keep_it_as_it_was(closed, clerk, delegate):
    recusal = Recusal.objects.get()
    for act in (
        lambda: record_recusal(recusal.item, by=clerk, person=delegate),
        lambda: lift_recusal(recusal, by=clerk),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Minutes.objects.get().is_final
    assert list(Recusal.objects.all()) == [recusal]


def test_members_guests_and_those_who_were_asked_can_be_named(item, lead, delegate, deputy, guest, former, stranger):
    AttendanceFactory(meeting=item.meeting, person=former)
    assert set(people_at(item)) == {lead, delegate, deputy, guest, former}


class TestPage:
    def test_it_names_who_is_recorded_and_offers_the_others(self, client, item, lead, delegate, other_delegate):
        RecusalFactory(item=item, person=delegate, recorded_by=lead)
        client.force_login(lead)
        response = client.get(page(item))
        assert f"<strong>{delegate}</strong>" in response.content.decode()
        assert set(response.context["form"].fields["person"].queryset) == {lead, other_delegate}

    def test_it_records(self, client, item, lead, delegate):
        client.force_login(lead)
        response = client.post(page(item), {"person": delegate.pk})
        assert response.url == page(item)
        assert Recusal.objects.get().person == delegate

    def test_whoever_names_themselves_is_led_to_the_meeting(self, client, item, lead):
        client.force_login(lead)
        assert client.post(page(item), {"person": lead.pk}).url == item.meeting.get_absolute_url()
        assert client.get(page(item)).status_code == 404

    @pytest.mark.parametrize("person", ["", "stranger", "delegate"])
    def test_it_refuses_nobody_strangers_and_those_recorded(self, client, request, item, lead, delegate, person):
        RecusalFactory(item=item, person=delegate)
        client.force_login(lead)
        pk = request.getfixturevalue(person).pk if person else ""
        assert client.post(page(item), {"person": pk}).status_code == 422
        assert Recusal.objects.count() == 1

    def test_it_takes_back_after_asking(self, client, item, lead, delegate):
        recusal = RecusalFactory(item=item, person=delegate)
        client.force_login(lead)
        address = reverse("meetings:recusal_lift", args=[recusal.pk])
        assert "liest diesen Punkt dann wieder" in client.get(address).content.decode()
        assert Recusal.objects.exists()
        assert client.post(address).url == page(item)
        assert not Recusal.objects.exists()


class TestWhatIsLeft:
    def test_agenda_shows_the_number_and_the_reason(self, client, item, delegate):
        RecusalFactory(item=item, person=delegate)
        client.force_login(delegate)
        content = client.get(item.meeting.get_absolute_url()).content.decode()
        assert "Nichtöffentlich, für Sie wegen Befangenheit gesperrt" in content
        assert item.get_absolute_url() not in content
        assert item.title not in content

    def test_the_recused_lead_still_orders_the_agenda(self, client, item, lead):
        RecusalFactory(item=item, person=lead)
        order = [str(pk) for pk in item.meeting.items.order_by("-number").values_list("pk", flat=True)]
        client.force_login(lead)
        client.post(reverse("meetings:reorder", args=[item.meeting_id]), {"item": order})
        item.refresh_from_db()
        assert item.number == 3 - item.meeting.items.filter(number__gt=item.number).count()
        assert item.title not in client.get(item.meeting.get_absolute_url()).content.decode()
        form = client.get(reverse("meetings:item_create", args=[item.meeting_id])).content.decode()
        assert item.title not in form

    def test_of_a_public_item_title_and_text_stay(self, client, public_item, delegate):
        comment = CommentFactory(item=public_item, text="Perlmutt")
        RecusalFactory(item=public_item, person=delegate)
        client.force_login(delegate)
        content = client.get(public_item.get_absolute_url()).content.decode()
        assert public_item.text in content
        assert comment.text not in content
        assert "Ihre Befangenheit ist erfasst." in content
        assert not Comment.objects.visible_to(delegate).exists()

    def test_count_of_comments_is_gone_from_the_agenda(self, client, public_item, delegate):
        CommentFactory(item=public_item)
        client.force_login(delegate)
        count = '1<span class="ak-vh">'
        assert count in client.get(public_item.meeting.get_absolute_url()).content.decode()
        RecusalFactory(item=public_item, person=delegate)
        assert count not in client.get(public_item.meeting.get_absolute_url()).content.decode()

    def test_no_mail_tells_of_a_comment(self, item, lead, delegate, other_delegate):
        RecusalFactory(item=item, person=delegate)
        comments.comment_on(item, author=other_delegate, text="Bitte vertagen.")
        assert [mail.to for mail in Message.objects.all()] == [lead.email]

    def test_letter_calendar_and_mail_name_the_number_alone(self, draft, lead, delegate, other_delegate):
        internal, secret = add_marked_items(draft)
        for item in (internal, secret):
            RecusalFactory(item=item, person=delegate)
        invitation.invite(draft, by=lead, version=draft.version)
        barred, whole = everything_in(mail_to(delegate)), everything_in(mail_to(other_delegate))
        assert INTERNAL in whole
        assert [word for word in (INTERNAL, *SECRETS) if word in barred] == []
        assert f"TOP {internal.number}: Nichtöffentlich, für Sie wegen Befangenheit gesperrt" in barred

    def test_the_stored_letter_is_set_anew_without_it(self, client, draft, lead, delegate):
        internal, _ = add_marked_items(draft)
        invitation.invite(draft, by=lead, version=draft.version)
        client.force_login(delegate)
        address = reverse("meetings:invitation_pdf", args=[draft.pk])
        stored = bytes(draft.revisions.get().invitation_pdf)
        assert client.get(address).content == stored
        RecusalFactory(item=internal, person=delegate)
        assert INTERNAL in text_of(stored)
        assert INTERNAL not in text_of(client.get(address).content)
        assert INTERNAL not in client.get(reverse("meetings:ics", args=[draft.pk])).content.decode()
        assert bytes(draft.revisions.get().invitation_pdf) == stored

    def test_the_lead_sends_what_the_lead_may_not_read(self, client, draft, lead, delegate):
        internal, _ = add_marked_items(draft)
        RecusalFactory(item=internal, person=lead)
        plan = invitation.plan(draft, lead)
        assert INTERNAL not in str(plan.agenda)
        assert INTERNAL not in text_of(revision.preview(draft, by=lead))
        invitation.invite(draft, by=lead, version=draft.version, seen=plan.seen)
        assert INTERNAL in everything_in(mail_to(delegate))
        assert INTERNAL not in everything_in(mail_to(lead))

    def test_what_was_new_is_told_without_it(self, client, draft, lead, clerk, delegate):
        invitation.invite(draft, by=lead, version=draft.version)
        draft.refresh_from_db()
        added = agenda.add_item(draft, by=lead, title=INTERNAL)
        RecusalFactory(item=added, person=delegate)
        draft.refresh_from_db()
        assert INTERNAL in str(invitation.plan(draft, lead).changes)
        invitation.send_changes(draft, by=lead, version=draft.version)
        told = [everything_in(mail) for mail in Message.objects.filter(subject__startswith="Geänderte Tagesordnung")]
        assert sorted(INTERNAL in mail for mail in told) == [False, True, True]
        for reader, reads in ((clerk, True), (delegate, False)):
            client.force_login(reader)
            assert (INTERNAL in client.get(draft.get_absolute_url()).content.decode()) is reads

    def test_a_copy_of_the_item_is_barred_too(self, item, lead, staff):
        RecusalFactory(item=item, person=staff)
        start, end = item.meeting.start.replace(day=1), item.meeting.end.replace(day=1)
        copied = schedule.copy_meeting(item.meeting, by=lead, start=start, end=end)
        readable = copied.items.visible_to(staff)
        assert copied.items.filter(title=item.title).exists()
        assert not readable.filter(title=item.title).exists()
        assert readable.count() == 2

    def test_an_item_with_a_recusal_stays_on_the_agenda(self, item):
        RecusalFactory(item=item)
        assert agenda.reasons_to_keep(item) == ["Zu diesem Punkt ist eine Befangenheit erfasst."]


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(client, item, lead, count, django_assert_num_queries):
    for _ in range(count):
        RecusalFactory(item=item)
    client.force_login(lead)
    client.get(page(item))
    with django_assert_num_queries(9):
        client.get(page(item))


@pytest.mark.parametrize("count", [1, 3])
def test_meeting_takes_the_same_queries_for_any_number_of_barred_items(client, meeting, delegate, count):
    client.force_login(delegate)
    client.get(meeting.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(meeting.get_absolute_url())
    for _ in range(count):
        RecusalFactory(item=AgendaItemFactory(meeting=meeting), person=delegate)
    with CaptureQueriesContext(connection) as after:
        client.get(meeting.get_absolute_url())
    assert len(after) == len(before) <= 15
