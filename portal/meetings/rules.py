"""Who may do what with meetings, agenda items and comments, and until when."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localdate, make_aware, now

from portal.meetings import deadlines
from portal.meetings.deadlines import Deadline, Kind
from portal.meetings.models import AgendaItem, Attendance, Comment, DatePoll, DateVoice, Guest, Meeting, Seat
from portal.members.models import Person, Role, RulesOfProcedure
from portal.members.rules import Reader, is_clerk, is_lead, is_member, is_member_on, is_office, roles_in

State = Meeting.State
LAST_CALL = timedelta(hours=1)  # so long before a meeting no deputy is asked any more
POLL_REMINDER = time(8)


def may_schedule(person: Reader, organization_id: UUID) -> bool:
    """Create and copy meetings."""
    return is_office(person, organization_id)


def may_edit_meeting(person: Reader, meeting: Meeting) -> bool:
    """Change a draft; later changes are a move or a new revision."""
    return is_office(person, meeting.organization_id) and meeting.state == State.DRAFT


def may_see_deadlines(person: Reader, meeting: Meeting) -> bool:
    """How the Fristen of a meeting stand: the Verwaltung."""
    return is_office(person, meeting.organization_id)


def may_edit_agenda(person: Reader, meeting: Meeting) -> bool:
    """Drafts: the Verwaltung. A published agenda: lead and clerk only."""
    if meeting.state == State.DRAFT:
        return is_office(person, meeting.organization_id)
    return meeting.is_open and may_send(person, meeting)


def may_publish_item(person: Reader, meeting: Meeting) -> bool:
    """Make an item public: the lead alone, as long as the agenda is open."""
    return is_lead(person, meeting.organization_id) and meeting.is_open


def may_send(person: Reader, meeting: Meeting) -> bool:
    """Speak to everybody in the name of the Verwaltung: lead and clerk."""
    return is_lead(person, meeting.organization_id) or is_clerk(person, meeting.organization_id)


def may_invite(person: Reader, meeting: Meeting) -> bool:
    return meeting.state == State.DRAFT and may_send(person, meeting)


def may_update_invitation(person: Reader, meeting: Meeting) -> bool:
    """Send the changed agenda of an invited meeting as a new revision."""
    return meeting.state == State.INVITED and may_send(person, meeting)


def may_move(person: Reader, meeting: Meeting) -> bool:
    return meeting.state == State.INVITED and may_send(person, meeting)


def may_cancel(person: Reader, meeting: Meeting) -> bool:
    return meeting.state in {State.DRAFT, State.INVITED} and may_send(person, meeting)


def may_start(person: Reader, meeting: Meeting) -> bool:
    return meeting.state == State.INVITED and may_send(person, meeting)


def may_finish(person: Reader, meeting: Meeting) -> bool:
    return meeting.state == State.RUNNING and may_send(person, meeting)


def may_call_up(person: Reader, meeting: Meeting) -> bool:
    """Move through the agenda of a running meeting: lead and clerk, also over an item that bars them."""
    return meeting.state == State.RUNNING and may_send(person, meeting)


def may_mark_presence(person: Reader, meeting: Meeting) -> bool:
    """Say who is there, comes late or leaves early, while the meeting runs: lead and clerk."""
    return meeting.state == State.RUNNING and may_send(person, meeting)


def is_called_in(person: Reader, meeting: Meeting) -> bool:
    """Whether this deputy is asked to take the seat of a delegate at this meeting, or takes it."""
    return isinstance(person, Person) and Meeting.objects.calling_in(person).filter(pk=meeting.pk).exists()


def may_read_inside(person: Reader, meeting: Meeting) -> bool:
    """The non-public part and the discussion: members; a deputy by the house rule, or when called in."""
    roles = roles_in(person, meeting.organization_id)
    if roles <= {Role.DEPUTY}:
        return bool(roles) and (deputies_always_read(meeting) or is_called_in(person, meeting))
    return True


def deputies_always_read(meeting: Meeting) -> bool:
    house_rule = RulesOfProcedure.objects.on(meeting.organization).deputy_access
    return house_rule == RulesOfProcedure.DeputyAccess.ALWAYS


def takes_part(person: Reader, meeting: Meeting) -> bool:
    """Speaks for somebody at this meeting: members, of the deputies only those called in."""
    roles = roles_in(person, meeting.organization_id)
    return bool(roles - {Role.DEPUTY}) or (bool(roles) and is_called_in(person, meeting))


def is_recused(person: Reader, item: AgendaItem) -> bool:
    """Whether Befangenheit of this person is recorded for the item."""
    return any(recusal.person_id == getattr(person, "pk", None) for recusal in item.recusals.all())


def may_invite_guests(person: Reader, meeting: Meeting) -> bool:
    """Lead and clerk, as long as the agenda is open."""
    return meeting.is_open and may_send(person, meeting)


def may_remove_guests(person: Reader, meeting: Meeting) -> bool:
    """After the meeting too: that ends what a guest may still read."""
    return may_send(person, meeting)


def may_send_guest_access(person: Reader, guest: Guest) -> bool:
    """Send the one-time link once more, to a guest who was invited and has not come in yet."""
    newcomer = guest.person
    is_waiting = bool(newcomer.email) and not newcomer.has_opened_account
    return is_waiting and guest.meeting.state != Meeting.State.DRAFT and may_invite_guests(person, guest.meeting)


def may_record_recusal(person: Reader, item: AgendaItem) -> bool:
    """Befangenheit, recorded and taken back: lead and clerk until the minutes are final, nobody for what bars them."""
    if not may_send(person, item.meeting) or is_recused(person, item):
        return False
    return not Meeting.objects.filter(pk=item.meeting_id, minutes__state="final").exists()


def may_read_proof(person: Reader, meeting: Meeting) -> bool:
    """The Zustellnachweis, and what else was done to reach somebody: the Verwaltung of the group."""
    return is_office(person, meeting.organization_id)


def may_send_again(person: Reader, meeting: Meeting) -> bool:
    """Send one person the letter once more: the Verwaltung, as long as the meeting is ahead."""
    return may_read_proof(person, meeting) and is_coming_up(meeting)


def may_read_attendance(person: Reader, meeting: Meeting) -> bool:
    return is_member(person, meeting.organization_id)


def may_answer(person: Reader, attendance: Attendance) -> bool:
    """Answer one's own invitation, as long as the meeting has not begun and the person belongs to it on its day."""
    if not isinstance(person, Person) or attendance.person_id != person.pk or attendance.invited_at is None:
        return False
    return is_coming_up(attendance.meeting) and _belongs(person, attendance)


def _belongs(person: Person, attendance: Attendance) -> bool:
    """Whether the person still has the place for which they were asked."""
    meeting = attendance.meeting
    if attendance.role == Role.DEPUTY:
        seats = person.memberships.current().on(meeting.day).filter(role=Role.DEPUTY)
        return seats.filter(organization=meeting.organization_id, on_behalf_of=attendance.on_behalf_of_id).exists()
    is_guest = attendance.role == "guest" and meeting.guests.filter(person=attendance.person_id).exists()
    return is_guest or is_member_on(person, meeting.organization_id, meeting.day)


def is_coming_up(meeting: Meeting) -> bool:
    """People are invited, and it has not begun."""
    return meeting.state == State.INVITED and meeting.start > now()


def is_time_to_ask(meeting: Meeting) -> bool:
    """Whether a deputy who is asked now still has time to answer."""
    return is_coming_up(meeting) and meeting.start - now() > LAST_CALL


def may_pass_on(person: Reader, seat: Seat) -> bool:
    """Have a deputy asked: the delegate, who declines with it; lead and clerk for one who is away or silent."""
    meeting = seat.delegate.meeting
    is_own = may_answer(person, seat.delegate) and seat.called_in is None
    return is_time_to_ask(meeting) and (is_own or (seat.is_free and may_send(person, meeting)))


def may_ask(person: Reader, seat: Seat) -> bool:
    """Ask a certain deputy, instead of the one who is silent: lead and clerk, unless the seat is taken."""
    is_open = seat.is_free or seat.question is not None
    return is_open and is_time_to_ask(seat.delegate.meeting) and may_send(person, seat.delegate.meeting)


def answer_by(meeting: Meeting, asked_at: datetime, *, hours: int, waiting: int) -> datetime:
    """Until when a deputy may think: the hours of the house rule, or an equal share of less time for all who wait."""
    share = (meeting.start - LAST_CALL - asked_at) / waiting
    return asked_at + min(timedelta(hours=hours), share)


def may_read_comments(person: Reader, item: AgendaItem) -> bool:
    return may_read_inside(person, item.meeting) and not is_recused(person, item)


def may_comment(person: Reader, item: AgendaItem) -> bool:
    """Whoever takes part writes until the chair closes the item, the Frist is over, or the meeting ends."""
    is_open = item.discussion_closed_at is None and item.meeting.is_open
    takes_part_in = is_open and takes_part(person, item.meeting) and not is_recused(person, item)
    return takes_part_in and not comments_until(item.meeting).is_over


def comments_until(meeting: Meeting) -> Deadline:
    """The Frist for comments as it stands today."""
    history = meeting.organization.rules_history
    return deadlines.before(Kind.COMMENTS, meeting, history, localdate())


def may_reply(person: Reader, comment: Comment) -> bool:
    return is_answerable(comment) and may_comment(person, comment.item)


def is_answerable(comment: Comment) -> bool:
    """Threads are one level deep."""
    return comment.parent_id is None and comment.withdrawn_at is None and comment.hidden_at is None


def may_edit_comment(person: Reader, comment: Comment) -> bool:
    """One's own, as long as writing is open; nobody changes another's."""
    return is_own(person, comment) and may_comment(person, comment.item)


def may_hide_comment(person: Reader, comment: Comment) -> bool:
    """The lead hides what somebody else wrote, and shows it again; nobody changes it."""
    meeting = comment.item.meeting
    is_others = comment.author_id != getattr(person, "pk", None) and comment.withdrawn_at is None
    return is_others and is_lead(person, meeting.organization_id) and may_read_comments(person, comment.item)


def may_read_text(person: Reader, comment: Comment) -> bool:
    """What is hidden, its author and the lead still read."""
    return comment.hidden_at is None or is_own(person, comment) or may_hide_comment(person, comment)


def is_own(person: Reader, comment: Comment) -> bool:
    return comment.author_id == getattr(person, "pk", None) and comment.withdrawn_at is None


def may_close_discussion(person: Reader, item: AgendaItem) -> bool:
    return item.meeting.is_open and may_send(person, item.meeting)


def may_close_poll(person: Reader, poll: DatePoll) -> bool:
    """Choose one of the dates, change the poll, or call it off: those who plan meetings."""
    return may_schedule(person, poll.organization_id) and poll.is_open


def may_answer_poll(person: Reader, voice: DateVoice) -> bool:
    """Say when one can come: whoever is asked and still speaks for the group, until the date is chosen."""
    if not isinstance(person, Person) or voice.person_id != person.pk or not voice.poll.is_open:
        return False
    return DateVoice.objects.belonging().filter(pk=voice.pk).exists()


def is_reminder_due(poll: DatePoll) -> bool:
    """From eight in the morning of the day before the last day for answers, until that day is over."""
    first = make_aware(datetime.combine(poll.answer_by - timedelta(days=1), POLL_REMINDER))
    return now() >= first and localdate() <= poll.answer_by
