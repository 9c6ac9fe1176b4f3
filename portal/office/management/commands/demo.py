from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.office.demo.accounts import write
from portal.office.demo.play import NotEmpty, play


class Command(BaseCommand):
    help = "Fill an empty database with a believable working group. The same seed gives the same data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--accounts", type=Path, help="write the accounts to this file, as JSON")
        parser.add_argument("--large", action="store_true", help="many rows, for measuring")

    def handle(self, *, seed: int, accounts: Path | None, large: bool, **options) -> None:
        try:
            people = play(seed=seed, large=large)
        except NotEmpty:
            raise CommandError("This database holds data already; the demo needs an empty one.") from None
        if accounts:
            write(accounts, people)
        self.stdout.write(f"Demo with {len(people)} accounts; the password of all is {people[0]['password']}")
