"""A real IMAP server in a process of its own."""

import imaplib
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from arbeitskreis.devservices import LOOPBACK, free_port

PROGRAM = Path(sys.executable).with_name("pymap")
USER, PASSWORD = "portal", "ge/heim"


class Mailbox:
    """One mailbox, empty at first."""

    def __enter__(self) -> Self:
        self.port = free_port()
        serve = [PROGRAM, "--host", LOOPBACK, "--port", str(self.port), "--no-tls", "--no-service", "managesieve"]
        account = ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
        self.process = subprocess.Popen([*serve, *account], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(OSError), self.opened() as box:
                box.select()
                box.uid("STORE", "1:*", "+FLAGS", r"(\Seen)")
                return self
            time.sleep(0.1)
        raise RuntimeError("pymap does not answer")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(10)

    @property
    def url(self) -> str:
        """As INBOUND_URL takes it."""
        return f"imap://{USER}:ge%2Fheim@{LOOPBACK}:{self.port}/INBOX"

    def opened(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4(LOOPBACK, self.port, timeout=5)
        box.login(USER, PASSWORD)
        return box

    def put(self, raw: bytes) -> None:
        """Deliver a mail."""
        with self.opened() as box:
            assert box.append("INBOX", None, None, raw)[0] == "OK"

    def unread(self) -> int:
        with self.opened() as box:
            box.select()
            return len(box.uid("SEARCH", "UNSEEN")[1][0].split())
