"""A real SMTP server in a thread that keeps what it gets and misbehaves as told."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from arbeitskreis.devservices import LOOPBACK, free_port

HANG_SECONDS = 30
logging.getLogger("mail.log").setLevel(logging.ERROR)
OK = "250 OK"
DROP, HANG, CUT = "drop", "hang", "cut"  # besides "451 later" and the like; CUT breaks off in the middle of a mail


@dataclass(frozen=True)
class Delivery:
    """One mail as it came over the wire."""

    sender: str
    to: list[str]
    content: bytes
    connection: int

    @cached_property
    def mail(self) -> EmailMessage:
        """The mail as Python reads it."""
        return cast(EmailMessage, message_from_bytes(self.content, policy=default))


@dataclass
class Sink:
    """`rcpt` and `data` are the answers to the first commands of that kind; after them all is accepted.

    `mood` may be set at any time and then decides first: it gets "rcpt" or "data" and the reader's address.
    """

    rcpt: Iterable[str] = ()
    data: Iterable[str] = ()
    delay: float = 0
    mood: Callable[[str, str], str] | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self._manners = Manners(self)
        self._door: Door | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Listen, after a pause on the same port."""
        self._door = Door(self._manners, hostname=LOOPBACK, port=self.port, server_hostname="sink.example.org")
        self._door.start()
        self.connections = 0  # the controller tried the port

    def close(self) -> None:
        """Refuse every connection."""
        if self._door is not None:
            self._door.stop()
            self._door = None

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [delivery.mail for delivery in self.deliveries]

    def configure(self, settings: Any) -> None:
        """Make it the mail server of this test."""
        settings.SMTP_BACKEND = "portal.mail.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = LOOPBACK, self.port, 1


class Manners:
    """How the server answers; apart from the sink, since aiosmtpd reads every property of its handler."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._answers = {"rcpt": deque(sink.rcpt), "data": deque(sink.data)}

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._give(self._choose("rcpt", address), server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._choose("data", envelope.rcpt_tos[0])
        if answer in (OK, DROP, HANG):
            content = cast(bytes, envelope.content)
            delivery = Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), content, self._sink.connections)
            self._sink.deliveries.append(delivery)
        return await self._give(answer, server)

    def cuts_off(self, envelope: Envelope) -> bool:
        """Whether this mail is to break off in the middle."""
        address = envelope.rcpt_tos[0] if envelope.rcpt_tos else ""
        if self._sink.mood:
            return self._sink.mood("data", address) == CUT
        waiting = self._answers["data"]
        return bool(waiting) and waiting[0] == CUT and waiting.popleft() == CUT

    def _choose(self, step: str, address: str) -> str:
        if self._sink.mood:
            return self._sink.mood(step, address)
        return self._answers[step].popleft() if self._answers[step] else OK

    async def _give(self, answer: str, server: SMTP) -> str:
        await asyncio.sleep(self._sink.delay)
        if answer == DROP:
            cast(asyncio.Transport, server.transport).abort()
        if answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        return OK if answer in (DROP, HANG) else answer


class Server(SMTP):
    """One connection."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take a mail, or hang up after its first line."""
        if not self.event_handler.cuts_off(self.envelope):
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readline()
        cast(asyncio.Transport, self.transport).abort()


class Door(Controller):
    """Listens in a thread of its own."""

    def factory(self) -> SMTP:
        return Server(self.handler, **self.SMTP_kwargs)
