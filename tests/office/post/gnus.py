"""A mail program that is not ours reads invitations and answers them: Gnus, which is a part of Emacs."""

import mailbox
import os
import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from arbeitskreis.devservices import LOOPBACK
from tests.mail.smtp import Sink

SCRIPT = Path(__file__).with_name("gnus.el")
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"  # spelled out, since not every machine knows the name
SECONDS = 60

Button = Literal["accept", "decline", "tentative"]


def answer_in_gnus(mails: list[tuple[bytes, Button]], *, owner: str, server: Sink, folder: Path) -> str:
    """Press a button of each invitation as its owner; the answers go to the mail server. Gives what Gnus showed."""
    emacs = shutil.which("emacs")
    if not emacs:
        pytest.skip("no emacs on this machine: install emacs-nox")
    box = mailbox.mbox(folder / "mbox")
    for mail, _ in mails:
        box.add(mail)
    box.close()
    environment = {
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
        "TZ": BERLIN,
        "ADDRESS": owner,
        "ANSWERS": " ".join(button for _, button in mails),
        "MAILBOX": str(folder / "mbox"),
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(server.port),
    }
    command = [emacs, "-Q", "--batch", "-l", str(SCRIPT)]
    done = subprocess.run(
        command, check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
