"""The Systemverwaltung: accounts, seats, the state of mails and of work in the background, the trail; no content."""

from portal.office.admin import mails, people, seats, trail
from portal.office.admin.site import site

__all__ = ["mails", "people", "seats", "site", "trail"]
