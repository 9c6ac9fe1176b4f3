from django.contrib import admin
from django.http import HttpRequest

from portal.audit.models import Line
from portal.office.admin.site import Pages, site
from portal.office.trail import noun_of


@admin.register(Line, site=site)
class LinePages(Pages):
    """The trail of all working groups, to be read."""

    title = "Verlauf"
    list_display = ("at", "kind", "verb", "actor", "noun", "thing_id", "door", "address", "sequence")
    list_display_links = None
    list_filter = ("kind", "door", "at")
    list_select_related = ("actor",)
    search_fields = ("verb", "thing_id", "actor__sort_key")
    search_help_text = "Vorgang, Kennung oder Name"
    ordering = ("-pk",)

    @admin.display(description="Gegenstand")
    def noun(self, line: Line) -> str:
        return noun_of(line)

    def get_actions(self, request: HttpRequest) -> dict:
        return {}
