"""The portal's own mailbox, read over IMAP."""

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from portal.mail.letter import LARGEST

SECONDS = 10
AT_ONCE = 50  # letters of one visit; the next visit takes the rest
PORTS = {"imap": 143, "imap+tls": 143, "imap+ssl": 993}
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "Das Postfach antwortet nicht."),
    (ConnectionRefusedError, "Der Server des Postfachs nimmt keine Verbindung an."),
    (socket.gaierror, "Der Name des Postfach-Servers ist nicht bekannt."),
    (ssl.SSLError, "Die verschlüsselte Verbindung zum Postfach kommt nicht zustande."),
    (imaplib.IMAP4.abort, "Die Verbindung zum Postfach ist abgebrochen."),
    (imaplib.IMAP4.error, "Das Postfach lehnt die Anmeldung oder den Ordner ab."),
    (OSError, "Die Verbindung zum Postfach ist abgebrochen."),
)


class Unreachable(Exception):
    """The mailbox cannot be read; the text is German and for the office."""


def collect(take: Callable[[bytes], object]) -> int:
    """Give each unread mail to `take`, and mark it as read once that has kept it. Returns how many there were."""
    try:
        with _opened(urlsplit(settings.INBOUND_URL)) as box:
            unread = box.uid("SEARCH", "UNSEEN")[1][0].split()[:AT_ONCE]
            for uid in unread:
                take(_fetch(box, uid.decode()))
                box.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
            return len(unread)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(next(text for kind, text in TROUBLES if isinstance(error, kind))) from error


@contextmanager
def _opened(url: SplitResult) -> Iterator[imaplib.IMAP4]:
    """A connection with the folder open, signed out at the end."""
    kind = imaplib.IMAP4_SSL if url.scheme == "imap+ssl" else imaplib.IMAP4
    secure = {"ssl_context": ssl.create_default_context()} if kind is imaplib.IMAP4_SSL else {}
    box = kind(url.hostname or "localhost", url.port or PORTS[url.scheme], timeout=SECONDS, **secure)
    try:
        if url.scheme == "imap+tls":
            box.starttls(ssl.create_default_context())
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        if box.select(f'"{unquote(url.path.strip("/")) or "INBOX"}"')[0] != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _fetch(box: imaplib.IMAP4, uid: str) -> bytes:
    """The mail without marking it; of one that is too large only the head."""
    size = SIZE.search(box.uid("FETCH", uid, "(RFC822.SIZE)")[1][0] or b"")
    part = "BODY.PEEK[HEADER]" if size and int(size[1]) > LARGEST else "BODY.PEEK[]"
    answer = next((row for row in box.uid("FETCH", uid, f"({part})")[1] if isinstance(row, tuple)), (b"", b""))
    return bytes(answer[1])
