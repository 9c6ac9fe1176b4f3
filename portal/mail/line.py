"""The line to the mail server: what was handed over, and what an answer means."""

import logging
import smtplib
import socket
import ssl

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal.mail.cleaning import one_line
from portal.mail.mime import build
from portal.mail.models import Message

MAILS_PER_CONNECTION = 50
SHUTTING_DOWN = 421
TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "Der Mailserver antwortet nicht."),
    (ConnectionRefusedError, "Der Mailserver nimmt keine Verbindung an."),
    (socket.gaierror, "Der Name des Mailservers ist nicht bekannt."),
    (ssl.SSLError, "Die verschlüsselte Verbindung zum Mailserver kommt nicht zustande."),
    (smtplib.SMTPNotSupportedError, "Der Mailserver kann nicht, was die Einstellungen verlangen."),
    (OSError, "Die Verbindung zum Mailserver ist abgebrochen."),
)

logger = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail was not handed over; the text is a German reason for the office."""


class Refused(NotSent):
    """For good."""


class Deferred(NotSent):
    """For now; the connection is still good."""


class Broken(NotSent):
    """The connection ended on the way: over a new one it may work at once."""


class Unreachable(NotSent):
    """There is no connection to be had."""


class Line:
    """One connection to the mail server, opened when needed, a new one every 50 mails and after each break."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._used = 0

    def send(self, message: Message) -> str:
        """Hand over one mail; returns what the server says to it, or raises the NotSent that says what to do now."""
        connection = self._open()
        try:
            connection.send_messages([build(message)])
        except smtplib.SMTPServerDisconnected as error:
            raise self._broken(_trouble(error)) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise self._verdict(*_answer(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("Der Mailserver kann Adressen mit Sonderzeichen nicht verarbeiten.") from error
        except OSError as error:
            raise self._broken(_trouble(error)) from error
        except Exception as error:  # a mail that cannot be built must not stop those behind it
            logger.exception("Message %s cannot be built", message.pk)
            raise Refused("Die Nachricht lässt sich nicht aufbauen. Bitte prüfen Sie die Adresse.") from error
        self._used += 1
        return _receipt(connection)

    def close(self) -> None:
        """End the connection; whatever the server answers, all mails are settled by now."""
        connection, self._connection, self._used = self._connection, None, 0
        if connection is not None:
            try:
                connection.close()
            except OSError as error:
                logger.info("The mail server broke off at the end: %s", error)

    def _open(self) -> BaseEmailBackend:
        if self._used >= MAILS_PER_CONNECTION:
            self.close()
        if self._connection is None:
            self._connection = get_connection(settings.SMTP_BACKEND)
            try:
                self._connection.open()
            except OSError as error:
                self.close()
                raise Unreachable(_trouble(error)) from error
        return self._connection

    def _broken(self, reason: str) -> Broken:
        """Drop the connection: Django takes a dead one for a living one."""
        self.close()
        return Broken(reason)

    def _verdict(self, code: int, reply: str) -> NotSent:
        if code == SHUTTING_DOWN:
            return self._broken(f"Der Mailserver hat die Verbindung beendet: {code} {reply}")
        if 400 <= code < 500:
            return Deferred(f"Der Mailserver nimmt die Nachricht zurzeit nicht an: {code} {reply}")
        return Refused(f"Der Mailserver lehnt die Nachricht ab: {code} {reply}")


def _answer(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> tuple[int, str]:
    """The code and the words of the server."""
    code: int
    reply: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
    else:
        code, reply = error.smtp_code, error.smtp_error
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return code, one_line(words)[:300]


def _receipt(connection: BaseEmailBackend) -> str:
    """Code and words with which the mail was taken; empty where mails end in files."""
    code, reply = getattr(connection, "answer", None) or ("", b"")
    return one_line(f"{code} {reply.decode('utf-8', 'replace')}")[:300]


def _trouble(error: OSError) -> str:
    """What is wrong with the line, in German; smtplib hides a time-out behind an error of its own."""
    if isinstance(error, smtplib.SMTPResponseException):
        code, reply = _answer(error)
        return f"Der Mailserver lehnt die Verbindung oder die Anmeldung ab: {code} {reply}"
    cause = error.__context__ if isinstance(error.__context__, TimeoutError) else error
    return next(text for kind, text in TROUBLES if isinstance(cause, kind))
