"""The world of the matrix: one working group in which every text that not everybody may read is a word of its own."""

from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings.actions import agenda, comments, guests, invitation, live, polls, proof, replies
from portal.meetings.actions.recusals import record_recusal
from portal.meetings.models import AgendaItem, DatePoll, Meeting
from portal.members.models import Organization, Person, Role, RulesOfProcedure
from portal.minutes import actions as writing
from portal.minutes.models import Minutes
from portal.topics.models import Topic
from tests.cast import appointed
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    FraktionFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    OutcomeFactory,
    PersonFactory,
    TopicFactory,
    WorkingGroupFactory,
    evening,
)

# The columns of the matrix, by the letters that its tables use.
COLUMNS = {
    "AN": "anonymous",
    "FR": "stranger, with an account and nothing else",
    "AG": "lead of another working group",
    "EH": "former delegate",
    "SU": "superuser",
    "GA": "guest, invited to some items",
    "GX": "guest, eight days after the meeting",
    "LE": "lead",
    "VW": "staff",
    "SF": "clerk",
    "DE": "delegate",
    "ST": "deputy, not called in",
    "ZU": "deputy, called in",
    "BE": "delegate, recused at an item",
    "BL": "second lead, recused at the same item",
}
LEVELS = ("public", "internal", "confidential", "barred")  # barred: internal, and closed to BE and BL


def marker(name: str) -> str:
    """A word that stands nowhere else: the same for the same name, and never hyphenated."""
    return "Q" + "".join(chr(ord("A") + byte % 26) for byte in sha256(name.encode()).digest()[:9])


class World:
    """The people by column, and the things that the tables name."""

    def __init__(self, house_rule: str) -> None:
        self.group: Organization = WorkingGroupFactory(name="Arbeitskreis Digitalisierung", short_name="AK Digital")
        RulesOfProcedure.objects.create(organization=self.group, deputy_access=house_rule)
        self.people = self.cast()
        self.topic: Topic = TopicFactory(
            organization=self.group, title=marker("topic title"), text=marker("topic text"), responsible=self["VW"]
        )
        self.draft = self.write_draft()
        self.past, self.final = self.hold_meeting_of_the_past()
        self.running, self.unfinished = self.hold_meeting_of_today()
        self.ahead = self.invite_to_the_next()
        self.discuss()
        self.poll = self.find_a_date("poll title")
        polls.call_off(self.find_a_date("poll other title"), by=self["LE"], reason=marker("poll called off why"))
        self.seat = self["DE"].memberships.get()

    def __getitem__(self, column: str) -> Person | AnonymousUser:
        return self.people[column]

    def cast(self) -> dict[str, Person | AnonymousUser]:
        one, other = FraktionFactory(), FraktionFactory()
        today = timezone.localdate()
        seats: dict[str, dict] = {
            "LE": {"role": Role.LEAD},
            "VW": {"role": Role.STAFF},
            "SF": {"role": Role.CLERK},
            "DE": {"role": Role.DELEGATE, "on_behalf_of": one},
            "ST": {"role": Role.DEPUTY, "on_behalf_of": one},
            "ZU": {"role": Role.DEPUTY, "on_behalf_of": other},
            "BE": {"role": Role.DELEGATE, "on_behalf_of": other},
            "BL": {"role": Role.LEAD},
            "EH": {"role": Role.DELEGATE, "end_date": today},
        }
        people = {
            column: appointed(f"{marker(f'name {column}')}", seat.pop("role"), self.group, **seat)
            for column, seat in seats.items()
        }
        return people | {
            "AN": AnonymousUser(),
            "FR": PersonFactory(),
            "AG": MembershipFactory(role=Role.LEAD).person,
            "SU": PersonFactory(is_superuser=True),
            "GA": PersonFactory(),
            "GX": PersonFactory(),
        }

    def items(self, meeting: Meeting, name: str) -> dict[str, AgendaItem]:
        """One item of each level, two more for the guest; the recusals are recorded."""
        rows = {}
        for level in (*LEVELS, "guest", "secret"):
            visibility = {"barred": "internal", "guest": "internal", "secret": "confidential"}.get(level, level)
            title, text = marker(f"{name} {level} title"), marker(f"{name} {level} text")
            rows[level] = AgendaItemFactory(
                meeting=meeting, visibility=visibility, title=title, text=text, topic=self.topic
            )
        for column in ("BE", "BL"):
            record_recusal(rows["barred"], by=self["LE"], person=self[column])
            record_recusal(rows["public"], by=self["LE"], person=self[column])
        return rows

    def write_draft(self) -> Meeting:
        draft = MeetingFactory(organization=self.group, state="draft", start=timezone.now() + timedelta(days=60))
        AgendaItemFactory(meeting=draft, title=marker("draft title"), text=marker("draft text"), topic=self.topic)
        AgendaItemFactory(meeting=draft, title=marker("draft public title"), visibility="public")
        return draft

    def hold_meeting_of_the_past(self) -> tuple[Meeting, Minutes]:
        """Over for eight days, with final minutes."""
        end = timezone.now() - timedelta(days=8)
        meeting = MeetingFactory(organization=self.group, state="running", start=end - timedelta(hours=2), end=end)
        items = self.items(meeting, "past")
        GuestFactory(meeting=meeting, person=self["GX"], items=[items["guest"], items["secret"]])
        self.call_in(meeting)
        minutes = self.write_minutes(meeting, "final")
        Meeting.objects.filter(pk=meeting.pk).update(state="finished")
        minutes.refresh_from_db()
        return meeting, writing.finalise(minutes, by=self["SF"], version=minutes.version)

    def hold_meeting_of_today(self) -> tuple[Meeting, Minutes]:
        """Running, with minutes begun."""
        now = timezone.now()
        meeting = MeetingFactory(
            organization=self.group, state="running", start=now - timedelta(hours=1), end=now + timedelta(hours=1)
        )
        items = self.items(meeting, "running")
        live.call_up(meeting, by=self["LE"], item=items["barred"].pk, seen=None)
        self.call_in(meeting)
        return meeting, self.write_minutes(meeting, "unfinished")

    def write_minutes(self, meeting: Meeting, name: str) -> Minutes:
        minutes = writing.open_minutes(meeting, by=self["SF"])
        Minutes.objects.filter(pk=minutes.pk).update(remarks=marker(f"{name} remarks"))
        for level in LEVELS:
            entry = minutes.entries.get(item__title=marker(f"{meeting_name(meeting)} {level} title"))
            minutes.entries.filter(pk=entry.pk).update(text=marker(f"{name} {level} entry"))
            OutcomeFactory(entry=entry, text=marker(f"{name} {level} outcome"))
        return minutes

    def invite_to_the_next(self) -> Meeting:
        """Invited with a guest, changed once; the deputy of the recused delegate is called in."""
        meeting = MeetingFactory(organization=self.group, state="draft", intro=marker("intro"))
        items = self.items(meeting, "ahead")
        named = [items["guest"], items["secret"]]
        guests.invite_guest(meeting, by=self["LE"], person=self["GA"], whole_meeting=False, items=named)
        invitation.invite(meeting, by=self["LE"], version=Meeting.objects.get(pk=meeting.pk).version)
        meeting.refresh_from_db()
        self.call_in(meeting)
        late = agenda.add_item(meeting, by=self["LE"], title=marker("late title"), text=marker("late text"))
        late_barred = agenda.add_item(meeting, by=self["LE"], title=marker("late barred title"))
        for column in ("BE", "BL"):
            record_recusal(late_barred, by=self["LE"], person=self[column])
        meeting.refresh_from_db()
        RulesOfProcedure.objects.update(supplement_days=60)
        late_reason = marker("late reason")
        invitation.send_changes(meeting, by=self["LE"], version=meeting.version, late_reason=late_reason)
        meeting.refresh_from_db()
        answer = meeting.attendances.get(person=self["DE"])
        replies.answer(answer, by=self["DE"], answer="accepted", note=marker("note"))
        assert late.is_supplement
        self.note_other_way(meeting)
        return meeting

    def note_other_way(self, meeting: Meeting) -> None:
        letter = meeting.deliveries.filter(person=self["DE"]).latest("revision")
        sent = {"status": "sent", "sent_at": timezone.now(), "server_answer": marker("server answer")}
        Message.objects.filter(uuid=letter.message).update(**sent)
        proof.note_other_way(letter, by=self["LE"], way="phone", told_at=timezone.now(), remark=marker("remark"))

    def find_a_date(self, name: str) -> DatePoll:
        dates = [(evening(days=day), evening(days=day) + timedelta(hours=2)) for day in (80, 81)]
        due = timezone.localdate() + timedelta(days=7)
        return polls.offer_dates(self.group, by=self["LE"], title=marker(name), dates=dates, answer_by=due)

    def call_in(self, meeting: Meeting) -> None:
        AttendanceFactory(
            meeting=meeting,
            person=self["ZU"],
            role=Role.DEPUTY,
            on_behalf_of=self["ZU"].memberships.get().on_behalf_of,
            rank=1,
        )

    def discuss(self) -> None:
        for level in (*LEVELS, "guest"):
            item = self.item(f"ahead {level}")
            comments.comment_on(item, author=self["DE"], text=marker(f"{level} comment"))
            past = self.item(f"past {level}")
            CommentFactory(item=past, author=self["DE"], text=marker(f"past {level} comment"))
        hidden = comments.comment_on(self.item("ahead internal"), author=self["DE"], text=marker("hidden comment"))
        comments.hide_comment(hidden, by=self["LE"], reason=marker("hidden reason"))
        withdrawn = comments.comment_on(
            self.item("ahead internal"), author=self["DE"], text=marker("withdrawn comment")
        )
        comments.withdraw_comment(withdrawn, by=self["DE"])

    def item(self, name: str) -> AgendaItem:
        return AgendaItem.objects.select_related("meeting").get(title=marker(f"{name} title"))


def meeting_name(meeting: Meeting) -> str:
    return "past" if meeting.end < timezone.now() else "running"
