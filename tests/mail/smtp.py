"""A real SMTP server in a thread that keeps what it gets and misbehaves as told."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
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
DROP, HANG = "drop", "hang"  # besides "451 later" and the like


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
    """`rcpt` and `data` are the answers to the first commands of that kind; after them all is accepted."""

    rcpt: Iterable[str] = ()
    data: Iterable[str] = ()
    delay: float = 0
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Controller(
            Manners(self), hostname=LOOPBACK, port=self.port, server_hostname="sink.example.org"
        )

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0  # the controller tried the port
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

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
        answer = await self._answer("rcpt", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        delivery = Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), content, self._sink.connections)
        will_keep = not self._answers["data"] or self._answers["data"][0] in (DROP, HANG)
        if will_keep:
            self._sink.deliveries.append(delivery)
        return await self._answer("data", server)

    async def _answer(self, step: str, server: SMTP) -> str:
        await asyncio.sleep(self._sink.delay)
        answer = self._answers[step].popleft() if self._answers[step] else "250 OK"
        if answer == DROP:
            cast(asyncio.Transport, server.transport).abort()
        if answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        return "250 OK" if answer in (DROP, HANG) else answer
