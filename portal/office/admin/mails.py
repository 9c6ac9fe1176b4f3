import re

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.mail.models import Message
from portal.office.actions import mail as actions
from portal.office.admin.site import Pages, site

ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")


@admin.register(Message, site=site)
class MessagePages(Pages):
    """The state of every mail, and nothing of what it says or to whom."""

    title = "E-Mails: Zustand"
    list_display = ("pk", "kind", "status", "attempts", "created_at", "not_before", "sent_at", "reason")
    list_display_links = None
    list_filter = ("status", "kind")
    actions = ("send_again",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("text", "html", "calendar", "subject", "to", "to_name")

    @admin.display(description="Grund")
    def reason(self, mail: Message) -> str:
        """Mail servers repeat the address in their answer."""
        return ADDRESS.sub("…", mail.last_error)

    @admin.action(description="Erneut senden, was nicht zustellbar war")
    def send_again(self, request: HttpRequest, mails: QuerySet[Message]) -> None:
        again = [mail for mail in mails if actions.retry(mail, by=request.user)]
        messages.success(request, f"{len(again)} E-Mails gehen erneut hinaus.")
