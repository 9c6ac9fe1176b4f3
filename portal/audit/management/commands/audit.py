from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from portal.audit import chain
from portal.audit.inspection import Reader
from portal.audit.models import Head


def anchor(text: str) -> chain.Anchor:
    """What `audit head` printed once, for example 1234:9f86d0…"""
    number, _, digest = text.partition(":")
    if not number.isdecimal() or not digest:
        raise ArgumentTypeError("expects NUMBER:DIGEST as `audit head` prints it")
    return chain.Anchor(int(number), digest)


class Command(BaseCommand):
    help = "Examine the trail line by line, or print the end of its chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="examine every line; exit code 1 if something is wrong")
        verify.add_argument(
            "--head", type=anchor, action="append", default=[], help="an end of the chain noted earlier"
        )
        verbs.add_parser("head", help="chain what waits and print the end of the chain, to be noted elsewhere")

    def handle(self, *, verb: str, **options) -> None:
        if verb == "head":
            chain.extend()
            self.stdout.write(str(Head.objects.filter(pk=1).first() or "0:"))
            return
        reader = Reader(options["head"])
        findings = 0
        for finding in reader.findings():
            findings += 1
            self.stderr.write(finding)
        if findings:
            raise CommandError(f"{reader.lines} Zeilen gelesen, {findings} Befunde.", returncode=1)
        self.stdout.write(f"{reader.lines} Zeilen gelesen, alles in Ordnung.")
