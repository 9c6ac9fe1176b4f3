from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from portal.members.models import Person
from portal.office import founding


class Command(BaseCommand):
    help = (
        "Set up a new installation: the Kommune, its working group with the three topics, and the lead. "
        "Without --body: a further working group and its lead."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--body", default="", help="name of the Kommune, such as “Stadt Mettmann”")
        parser.add_argument("--group", default="Arbeitskreis Digitalisierung")
        parser.add_argument("--short-name", default="AK Digital")
        parser.add_argument("--email", required=True, help="address of the lead; the access link goes there")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)

    def handle(self, *, body, group, short_name, email, first_name, last_name, **options) -> None:
        lead = Person(email=email.lower(), first_name=first_name, last_name=last_name)
        try:
            if body:
                founding.found(body=body, group=group, short_name=short_name, lead=lead)
            else:
                founding.found_another(group=group, short_name=short_name, lead=lead)
        except founding.NotFounded:
            raise CommandError("There is no Kommune yet: name it with --body.") from None
        except founding.AlreadyFounded:
            raise CommandError("This Kommune or working group exists already.") from None
        self.stdout.write(f"{group} is set up. The access link goes to {lead.email}.")
