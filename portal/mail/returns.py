"""Mail that comes back: which mail of ours it was, and whether the address is to blame for good."""

import re
from dataclasses import dataclass
from email.message import Message as Mail
from email.utils import parseaddr
from uuid import UUID

from django.utils import timezone
from flufl.bounce import all_failures

from portal.mail import addresses
from portal.mail.cleaning import one_line
from portal.mail.letter import Letter
from portal.mail.mime import RETURN
from portal.mail.models import Message, UnreachableAddress

OURS = re.compile(rb"^(?:Message-ID|X-Original-Message-ID):\s*<([0-9a-f-]{36})@", re.IGNORECASE | re.MULTILINE)
REASONS = {
    "5.1.1": "Die Adresse gibt es nicht.",
    "5.1.2": "Den Mailserver der Adresse gibt es nicht.",
    "5.1.10": "Die Adresse gibt es nicht.",
    "5.2.1": "Das Postfach ist abgeschaltet.",
    "5.2.2": "Das Postfach ist voll.",
    "5.2.3": "Die E-Mail ist dem Postfach zu groß.",
    "5.3.4": "Die E-Mail ist dem Mailserver zu groß.",
    "5.7.1": "Der Mailserver der Adresse nimmt die E-Mail nicht an.",
}
ADDRESS_IS_WRONG = ("5.0.", "5.1.", "5.2.1", "5.4.")  # a full mailbox or a refused mail says nothing of the address
HARD = "5.0.0"
TYPE_OF_CODE = re.compile(r"^\s*[\w-]+;\s*")  # the "smtp;" before the server's words
LOST, LATE = "Die E-Mail ist nicht zustellbar.", "Die Zustellung verzögert sich."


@dataclass(frozen=True)
class Return:
    """What a report says of one mail of ours."""

    message: Message | None
    is_final: bool
    status: str
    reason: str


def read(letter: Letter) -> Return | None:
    """What came back; none if the mail reports nothing."""
    if not _is_report(letter.mail):
        return None
    token = addresses.read(letter.recipients)
    by_token = token.pk if token and token.kind == RETURN else None
    temporary, permanent = all_failures(letter.mail)
    fields = _fields(letter.mail)
    if not (temporary or permanent or fields):
        return None
    pk = by_token or _mentioned(letter.mail)
    is_final = bool(permanent) or fields.get("action") == "failed"
    status = fields.get("status") or (HARD if is_final else "")
    words = REASONS.get(status) or (LOST if is_final else LATE)
    reason = one_line(f"{words} {fields.get('diagnostic-code', '')}")[:500]
    return Return(Message.objects.filter(uuid=pk).first() if pk else None, is_final, status, reason)


def note(found: Return) -> None:
    """Write down that the mail is back, once; a wrong address is marked until somebody sees to it."""
    message = found.message
    if message is None or not found.is_final:
        return
    known = Message.objects.filter(pk=message.pk, returned_at=None)
    known.update(returned_at=timezone.now(), return_reason=found.reason)
    if found.status.startswith(ADDRESS_IS_WRONG):
        mark = UnreachableAddress(address=message.to.lower(), reason=found.reason)
        UnreachableAddress.objects.bulk_create([mark], ignore_conflicts=True)


def _is_report(mail: Mail) -> bool:
    """Whether a mail server wrote it; people may quote such mails."""
    is_from_nobody = str(mail.get("Return-Path", "")).strip() == "<>"
    sender = parseaddr(str(mail.get("From", "")))[1].partition("@")[0].lower()
    is_form = mail.get_content_type() == "multipart/report" and mail.get_param("report-type") == "delivery-status"
    return is_form or is_from_nobody or sender in {"mailer-daemon", "postmaster"}


def _fields(mail: Mail) -> dict[str, str]:
    """Action, status and diagnosis of the first recipient in a report after RFC 3464."""
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    blocks = report.get_payload() if report is not None else []
    for block in blocks if isinstance(blocks, list) else []:
        if block.get("Action"):
            action = str(block["Action"]).strip().lower()
            status = str(block.get("Status", "")).split()[:1]
            code = TYPE_OF_CODE.sub("", str(block.get("Diagnostic-Code", "")))
            return {"action": action, "status": "".join(status), "diagnostic-code": code}
    return {}


def _mentioned(mail: Mail) -> UUID | None:
    """The mail of ours whose Message-ID the report repeats; nobody can guess one."""
    for part in mail.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            found = OURS.search(part.as_bytes())
            if found:
                return UUID(found[1].decode())
    return None
