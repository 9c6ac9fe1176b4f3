"""A mail that came in, read within limits: whatever somebody sends, reading it takes little time and memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from portal.mail.cleaning import lines, one_line

LARGEST = 10_000_000  # bytes; what is longer is not read at all
MOST = 2_000_000  # of a letter so much is read: calendar parts stand in front of files
MOST_OF_A_REPORT = 100_000  # each blank line in a report makes an object
HEAD = 100_000
BOUNDARIES, PARTS, DIVIDERS = 100, 100, 1_000
TEXT, CALENDAR, HEADER = 10_000, 100_000, 4_000
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
BULK = {"bulk", "junk", "list", "auto_reply"}


class Unreadable(Exception):
    """Too large, too nested or broken; the text is German and for the office."""


@dataclass(frozen=True)
class Letter:
    """What the portal reads of a mail; `mail` is the whole of it for those who know bounces."""

    mail: Message
    key: str
    message_id: str
    sender: str
    sender_name: str
    subject: str
    recipients: tuple[str, ...]
    text: str
    calendars: tuple[bytes, ...]
    is_automatic: bool
    is_outlook: bool


def read(raw: bytes, recipients: Iterable[str] = ()) -> Letter:
    """Read a mail; `recipients` are those of the envelope, where the mail server names them."""
    mail = _parse(raw)
    parts = list(_parts(mail))
    senders = getaddresses([_header(value) for value in mail.get_all("From", [])])
    name, address = senders[0] if len(senders) == 1 else ("", "")
    told = getaddresses([_header(value) for field in RECIPIENTS for value in mail.get_all(field, [])])
    message_id = _header(mail.get("Message-ID", ""))[:255]
    given = tuple(one_line(to) for to in recipients)
    return Letter(
        mail=mail,
        key=sha256(f"{message_id}\n{address}".encode() if message_id else raw).hexdigest(),
        message_id=message_id,
        sender=one_line(address)[:254],
        sender_name=one_line(name)[:200],
        subject=_header(mail.get("Subject", ""))[:250],
        recipients=(*given, *(one_line(to) for _, to in told)),
        text=_text(parts),
        calendars=tuple(_calendars(parts)),
        is_automatic=_is_automatic(mail),
        is_outlook=any(_is_tnef(part) for part in parts),
    )


def _parse(raw: bytes) -> Message:
    if len(raw) > LARGEST:
        raise Unreadable("Die E-Mail ist zu groß.")
    head = len(re.split(rb"\r?\n\r?\n", raw[: HEAD + 4], maxsplit=1)[0])
    if head > HEAD:
        raise Unreadable("Der Kopf der E-Mail ist zu groß.")
    known = raw[:MOST].lower()
    raw = raw[: MOST_OF_A_REPORT if b"delivery-status" in known else MOST]
    if known.count(b"boundary") > BOUNDARIES or known.count(b"message/") > BOUNDARIES:
        raise Unreadable("Die E-Mail ist zu tief verschachtelt.")
    if known.count(b"\n--") > DIVIDERS:
        raise Unreadable("Die E-Mail hat zu viele Teile.")
    try:
        return message_from_bytes(raw)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable("Die E-Mail ist beschädigt.") from error


def _parts(mail: Message) -> Iterator[Message]:
    """All parts that hold something; what is attached as a whole mail is not opened."""
    waiting, seen = [mail], 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > PARTS:
            raise Unreadable("Die E-Mail hat zu viele Teile.")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = [inner for inner in part.get_payload() if isinstance(inner, Message)]
        else:
            yield part


def _header(value: object) -> str:
    """A header on one line, decoded where that is possible."""
    text = str(value)[:HEADER]
    try:
        return one_line(str(make_header(decode_header(text))))
    except (MessageError, ValueError, LookupError):
        return one_line(text)


def _content(part: Message, most: int) -> bytes:
    content = part.get_payload(decode=True)
    return content[:most] if isinstance(content, bytes) else b""


def _text(parts: list[Message]) -> str:
    part = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    if part is None:
        return ""
    content = _content(part, 4 * TEXT)
    try:
        words = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        words = content.decode("utf-8", "replace")
    return lines(words)[:TEXT]


def _calendars(parts: list[Message]) -> Iterator[bytes]:
    """Calendar parts, each once, whichever way a program attaches them; too long ones are left out."""
    seen = set()
    for part in parts:
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            content = _content(part, CALENDAR + 1)
            if len(content) <= CALENDAR and content not in seen:
                seen.add(content)
                yield content


def _is_automatic(mail: Message) -> bool:
    """Whether a machine wrote it: nobody answers such a mail."""
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return submitted != "no" or str(mail.get("Precedence", "")).strip().lower() in BULK


def _is_tnef(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return part.get_content_type() in {"application/ms-tnef", "application/vnd.ms-tnef"} or name == "winmail.dat"
