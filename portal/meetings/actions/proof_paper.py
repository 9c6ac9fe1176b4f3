"""The Zustellnachweis on paper."""

from datetime import datetime

from django.utils import timezone

from portal.audit import trail
from portal.audit.models import Kind
from portal.meetings import pdf
from portal.meetings.actions.proof import Issue, Receipt, issues
from portal.meetings.models import Meeting
from portal.members.models import Person
from portal.pdf.shapes import ProofIssue, ProofRow
from portal.ui.templatetags.ui import clock

STATES = {"waiting": "wartet", "failed": "nicht zustellbar", "unwritten": "keine E-Mail"}
NOT_YET = "noch nicht"


def paper(meeting: Meeting, *, by: Person) -> bytes:
    """The proof as PDF, as it stands now; that somebody took it along stands on the trail."""
    content = pdf.proof(meeting, [_issue(issue) for issue in issues(meeting)], by=by, issued=timezone.now()).pdf
    group = meeting.organization_id
    trail.record_as(Kind.ACCESS, actor=by, verb="Zustellnachweis abgerufen", thing=meeting, organization=group)
    return content


def _issue(issue: Issue) -> ProofIssue:
    revision = issue.revision
    sent = f"verschickt am {_moment(revision.created_at)}, durch {revision.created_by}" if revision else ""
    return ProofIssue(title=f"{issue.number}. Fassung", sent=sent, rows=[_row(receipt) for receipt in issue.receipts])


def _row(receipt: Receipt) -> ProofRow:
    delivery = receipt.delivery
    by_link = " (über den Link)" if delivery.opened_by_link else ""
    return ProofRow(
        name=str(delivery.person),
        what=f"{delivery.title} an {delivery.address}" if delivery.address else delivery.title,
        written=_moment(delivery.written_at),
        handed=_moment(receipt.handed_at) if receipt.handed_at else STATES.get(receipt.state, ""),
        server=_server(receipt),
        opened=f"{_moment(delivery.opened_at)}{by_link}" if delivery.opened_at else NOT_YET,
        answered=f"{_moment(delivery.answered_at)}: {receipt.answer}" if delivery.answered_at else NOT_YET,
        otherwise=_otherwise(receipt),
    )


def _server(receipt: Receipt) -> str:
    if receipt.returned_at:
        return f"zurückgekommen {_moment(receipt.returned_at)}: {receipt.return_reason}"
    return receipt.server_answer if receipt.handed_at else receipt.failure


def _otherwise(receipt: Receipt) -> str:
    delivery = receipt.delivery
    if not delivery.told_at or not delivery.noted_at:
        return ""
    remark = f" ({delivery.remark})" if delivery.remark else ""
    noted = f"vermerkt von {delivery.noted_by} am {_moment(delivery.noted_at)}"
    return f"{delivery.get_way_display()}, {_moment(delivery.told_at)}{remark}, {noted}"


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d.%m.%Y}, {clock(timezone.localtime(at))} Uhr" if at else ""
