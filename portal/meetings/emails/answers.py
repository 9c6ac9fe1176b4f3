"""What somebody hears whose answer by mail was not taken."""

from portal.mail.models import Incoming
from portal.meetings.emails.letters import dated, put
from portal.meetings.models import Attendance

Outcome = Incoming.Outcome
IN_VAIN = {
    Outcome.STALE: "Die Sitzung ist inzwischen verlegt. Ihre Antwort bezog sich auf den früheren Termin.",
    Outcome.OUTDATED: "Sie haben danach schon anders geantwortet. Die spätere Antwort gilt.",
    Outcome.UNDECIDED: "Ihr Kalender hat weder Zusage noch Absage geschickt. Das Portal braucht eine klare Antwort.",
    Outcome.REPRESENTED: "Ihren Sitz hat inzwischen die Stellvertretung zugesagt. Bitte entscheiden Sie im Portal.",
}


def not_taken(attendance: Attendance, outcome: Incoming.Outcome) -> None:
    """Why, and how to answer now; once for each state of the meeting, so that no two machines talk to each other."""
    meeting = attendance.meeting
    put(
        attendance,
        key=f"reply:{attendance.pk}:{meeting.sequence}:{outcome}",
        kind="Antwort",
        subject=f"Ihre Antwort ist nicht übernommen: {dated(meeting)}",
        template="reply_not_taken",
        not_after=meeting.start,
        why=IN_VAIN[outcome],
    )
