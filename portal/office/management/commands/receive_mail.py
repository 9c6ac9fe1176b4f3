"""Takes one mail from a pipe, as Postfix and Exim deliver to programs."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.db import DatabaseError

from portal.mail.letter import LARGEST
from portal.office import post


class Command(BaseCommand):
    """Exit codes are those of sysexits.h: 0 kept, 65 refused for good, 75 to be tried again later."""

    help = "Read one mail from standard input: an answer to an invitation, or a mail that comes back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient", nargs="*", help="recipients of the envelope, where the mail server names them")

    def handle(self, *, recipient: list[str], **_: Any) -> None:
        raw = sys.stdin.buffer.read(LARGEST + 1)
        if not raw.strip() or len(raw) > LARGEST:
            self.stderr.write("The mail is empty or too large.")
            sys.exit(os.EX_DATAERR)
        try:
            post.receive(raw, recipient)
        except DatabaseError:
            self.stderr.write("The mail could not be kept, try again later.")
            sys.exit(os.EX_TEMPFAIL)
