"""Passing a seat on: the chain of deputies, its deadlines, and the way back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings import rules
from portal.meetings.actions import seats
from portal.meetings.actions.seats import Represented
from portal.meetings.models import Meeting, SeatStep
from portal.meetings.tasks import tend_seats
from portal.members.models import Person, RulesOfProcedure
from tests.factories import AttendanceFactory
from tests.meetings.letters import event_of, mail_to, mails, readers
from tests.meetings.seating import pass_on, row, says, seat, story

LEFT = "Termin entfällt für Sie"


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


def fresh(person):
    """As the next request knows the person."""
    return Person.objects.get(pk=person.pk)


def test_first_deputy_is_asked_with_all_that_an_invitation_brings(meeting, asked, delegate, deputy, fraktion):
    pass_on(meeting, delegate)
    found = seat(meeting, fraktion)
    assert (found.question.person, found.substitute, found.is_empty) == (deputy, None, False)
    assert found.question.answer_by - found.question.invited_at == timedelta(hours=48)
    mail = mail_to(deputy)
    assert mail.subject.startswith("Bitte um Vertretung: ")
    assert f"{delegate} ({fraktion})" in mail.text
    assert "?antwort=zusage" in mail.text
    assert "?antwort=absage" in mail.html
    assert (mail.calendar_method, str(event_of(mail)["UID"])) == ("REQUEST", f"{meeting.pk}@testserver")
    assert mail.not_after == meeting.start
    assert readers() == {deputy.email}
    assert story(meeting) == [("declined", "Dahlmann"), ("passed_on", "Dahlmann"), ("asked", "Vertreter")]


def test_plain_no_leaves_the_seat_empty_until_it_is_passed_on(meeting, asked, delegate, deputy, fraktion):
    says(meeting, delegate, "declined")
    assert seat(meeting, fraktion).is_empty
    assert mails() == []
    pass_on(meeting, delegate)
    assert seat(meeting, fraktion).question.person == deputy
    assert [kind for kind, _ in story(meeting)] == ["declined", "passed_on", "asked"]


def test_second_click_asks_nobody_twice(meeting, asked, delegate, deputy):
    for _ in range(3):
        pass_on(meeting, delegate)
    assert len(mails()) == 1
    assert len(story(meeting)) == 3


def test_deputy_who_says_yes_takes_the_seat(meeting, asked, delegate, deputy, fraktion):
    pass_on(meeting, delegate)
    kept = says(meeting, deputy, "accepted")
    assert kept.in_place_of == delegate
    assert seat(meeting, fraktion).substitute.person == deputy
    assert mail_to(delegate).subject.startswith("Sie werden vertreten: ")
    assert deputy.get_full_name() in mail_to(delegate).text
    assert rules.takes_part(deputy, meeting)


def test_deputy_who_says_no_is_thanked_and_the_next_is_asked(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    assert seat(meeting, fraktion).question.person == second
    assert (row(meeting, deputy).invited_at, row(meeting, deputy).answer) == (None, "declined")
    mail = mail_to(deputy, subject__startswith=LEFT)
    assert mail.calendar_method == "CANCEL"
    assert "danke für Ihre Antwort" in mail.text
    assert event_of(mail)["UID"] == event_of(mail_to(deputy, subject__startswith="Bitte um"))["UID"]


def test_deputy_who_said_yes_may_still_say_no(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "accepted")
    says(meeting, deputy, "declined", note="Krank")
    assert seat(meeting, fraktion).question.person == second
    assert row(meeting, deputy).in_place_of is None
    with pytest.raises(PermissionDenied):
        says(meeting, deputy, "accepted")


def test_silence_past_the_deadline_passes_the_question_on(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    with later(hours=47, minutes=59):
        tend_seats()
        assert seat(meeting, fraktion).question.person == deputy
    with later(hours=48):
        for _ in range(2):
            tend_seats()
        assert seat(meeting, fraktion).question.person == second
    assert mail_to(deputy, subject__startswith=LEFT).calendar_method == "CANCEL"
    assert story(meeting)[-2:] == [("silent", "Vertreter"), ("asked", "Zweitmann")]
    assert Message.objects.filter(to=second.email).count() == 1
    with pytest.raises(PermissionDenied):
        says(meeting, deputy, "accepted")


def test_where_nobody_is_left_lead_clerk_and_delegate_are_told(meeting, asked, lead, clerk, delegate, deputy, second):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    with later(hours=49):
        tend_seats()
        tend_seats()
    told = readers(subject__startswith="Sitz unbesetzt: ")
    assert told == {lead.email, clerk.email, delegate.email}
    assert len(mails(subject__startswith="Sitz unbesetzt: ")) == 3
    assert story(meeting)[-1] == ("vacant", None)
    steps = len(story(meeting))
    pass_on(meeting, delegate)
    assert len(story(meeting)) == steps


def test_fraktion_without_deputies_leaves_the_seat_empty(meeting, asked, lead, other_delegate):
    pass_on(meeting, other_delegate)
    assert [kind for kind, _ in story(meeting)] == ["declined", "passed_on", "vacant"]
    assert lead.email in readers(subject__startswith="Sitz unbesetzt: ")


@pytest.mark.parametrize("hindrance", ["no address", "closed", "comes otherwise"])
def test_deputy_who_cannot_be_asked_is_passed_over(meeting, asked, delegate, deputy, second, fraktion, hindrance):
    if hindrance == "comes otherwise":
        AttendanceFactory(meeting=meeting, person=deputy, role="staff")
    else:
        Person.objects.filter(pk=deputy.pk).update(
            **{"no address": {"email": None}, "closed": {"is_active": False}}[hindrance]
        )
    pass_on(meeting, delegate)
    assert seat(meeting, fraktion).question.person == second
    assert ("skipped", "Vertreter") in story(meeting)


def test_less_time_is_shared_among_those_who_wait(meeting, asked, delegate, deputy, second, fraktion):
    Meeting.objects.filter(pk=meeting.pk).update(start=timezone.now() + timedelta(hours=21))
    with later(seconds=0):
        now = timezone.now()
        pass_on(meeting, delegate)
        start = Meeting.objects.get().start
        assert seat(meeting, fraktion).question.answer_by == now + (start - timedelta(hours=1) - now) / 2
    with later(hours=10, minutes=1):
        tend_seats()
        assert seat(meeting, fraktion).question.answer_by == start - timedelta(hours=1)


def test_in_the_last_hour_nobody_is_asked_any_more(meeting, asked, delegate, deputy, fraktion):
    pass_on(meeting, delegate)
    Meeting.objects.filter(pk=meeting.pk).update(start=timezone.now() + timedelta(minutes=59))
    meeting.attendances.filter(person=deputy).update(answer_by=timezone.now())
    tend_seats()
    assert seat(meeting, fraktion).is_empty
    assert story(meeting)[-2:] == [("silent", "Vertreter"), ("vacant", None)]


def test_house_rule_sets_the_hours(meeting, asked, group, delegate, fraktion):
    RulesOfProcedure.objects.create(organization=group, deputy_answer_hours=6)
    pass_on(meeting, delegate)
    question = seat(meeting, fraktion).question
    assert question.answer_by - question.invited_at == timedelta(hours=6)


def test_delegate_takes_the_seat_back_while_a_deputy_thinks(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, delegate, "accepted")
    found = seat(meeting, fraktion)
    assert (found.called_in, found.delegate.answer) == (None, "accepted")
    mail = mail_to(deputy, subject__startswith=LEFT)
    assert "nimmt nun selbst" in mail.text
    assert story(meeting)[-2:] == [("released", "Vertreter"), ("taken_back", "Dahlmann")]
    pass_on(meeting, delegate)
    assert seat(meeting, fraktion).question.person == deputy


def test_delegate_takes_the_seat_back_from_a_deputy_only_knowingly(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "accepted")
    for release in (None, second.pk):
        with pytest.raises(Represented) as represented:
            says(meeting, delegate, "accepted", release=release)
        assert represented.value.deputy.person == deputy
    assert row(meeting, delegate).answer == "declined"
    says(meeting, delegate, "accepted", release=deputy.pk)
    assert seat(meeting, fraktion).called_in is None
    assert row(meeting, deputy).in_place_of is None


def test_lead_passes_on_for_a_silent_delegate_who_may_come_after_all(meeting, asked, lead, delegate, deputy, fraktion):
    seats.pass_on(seat(meeting, fraktion), by=lead)
    assert seat(meeting, fraktion).question.person == deputy
    assert SeatStep.objects.get(kind="passed_on").is_by_another
    says(meeting, delegate, "declined")
    assert seat(meeting, fraktion).question.person == deputy
    says(meeting, delegate, "accepted")
    assert seat(meeting, fraktion).called_in is None


def test_lead_asks_a_certain_deputy_instead_of_a_silent_one(meeting, asked, lead, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    seats.ask(seat(meeting, fraktion), deputy=second.pk, by=lead)
    assert seat(meeting, fraktion).question.person == second
    assert mail_to(deputy, subject__startswith=LEFT)
    says(meeting, second, "accepted")
    with pytest.raises(ValidationError):
        seats.ask(seat(meeting, fraktion), deputy=deputy.pk, by=lead)


def test_lead_asks_again_who_has_said_no(meeting, asked, lead, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    says(meeting, second, "declined")
    seats.ask(seat(meeting, fraktion), deputy=deputy.pk, by=lead)
    says(meeting, deputy, "accepted")
    assert seat(meeting, fraktion).substitute.person == deputy


@pytest.mark.parametrize("name", ["staff", "delegate", "other_delegate", "deputy", "former", "superuser", "stranger"])
def test_others_arrange_nothing(meeting, asked, deputy, fraktion, person_of, name):
    for act in (seats.pass_on, lambda found, by: seats.ask(found, deputy=deputy.pk, by=by)):
        with pytest.raises(PermissionDenied):
            act(seat(meeting, fraktion), by=person_of(name))
    assert story(meeting) == []


def test_nobody_takes_a_seat_from_a_delegate_who_comes(meeting, asked, lead, delegate, deputy, fraktion):
    says(meeting, delegate, "accepted")
    with pytest.raises(ValidationError):
        seats.pass_on(seat(meeting, fraktion), by=lead)
    with pytest.raises(ValidationError):
        seats.ask(seat(meeting, fraktion), deputy=deputy.pk, by=lead)


def test_every_step_is_on_the_trail_once(meeting, asked, lead, delegate, deputy, second):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    says(meeting, second, "accepted")
    verbs = list(Line.objects.values_list("verb", "actor__last_name"))
    assert verbs == [
        ("Einladung beantwortet", "Dahlmann"),
        ("Sitz: bittet um Vertretung", "Dahlmann"),
        ("Sitz: ist angefragt", None),
        ("Einladung beantwortet", "Vertreter"),
        ("Sitz: ist angefragt", None),
        ("Einladung beantwortet", "Zweitmann"),
    ]


def test_second_deputy_for_one_seat_is_refused_by_the_database(meeting, asked, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    with pytest.raises(IntegrityError, match="attendance_one_deputy_a_seat"), transaction.atomic():
        AttendanceFactory(meeting=meeting, person=second, role="deputy", rank=2, on_behalf_of=fraktion)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("seat_step_kind_is_known", {"kind": "lost", "answer_by": None}),
        ("seat_step_question_has_its_end", {"answer_by": None}),
        ("seat_step_names_its_person", {"person": None}),
    ],
)
def test_step_that_cannot_be_is_refused_by_the_database(meeting, asked, delegate, fraktion, constraint, fields):
    step = {"kind": "asked", "person": delegate, "answer_by": timezone.now()} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SeatStep.objects.create(meeting=meeting, on_behalf_of=fraktion, **step)


def test_idle_task_asks_once_besides_its_own_record(meeting, asked, django_assert_num_queries):
    with django_assert_num_queries(3):
        tend_seats()
