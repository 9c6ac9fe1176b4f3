from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.office.privacy import retention


class Command(BaseCommand):
    help = "Delete what has been kept long enough, as the timetable does every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, dry_run: bool, **options) -> None:
        now = timezone.now()
        figures = retention.due(now) if dry_run else retention.keep(now)
        for label, count in figures.items():
            self.stdout.write(f"{count:6}  {label}")
