"""The Postausgang: what mails went out."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from portal.audit import trail
from portal.audit.models import Kind
from portal.mail.models import Message, Pause
from portal.meetings.models import Recusal
from portal.members.models import Person
from portal.members.rules import groups_where_office
from portal.office.actions import mail as actions
from portal.office.forms.mail import OutboxForm
from portal.office.privacy.mails import PERSONAL_LINK


def mail_log(request: HttpRequest) -> HttpResponse:
    """Every mail of one's working groups, newest first, and whether sending is paused."""
    form = OutboxForm(request.GET)
    mails = form.choose(_readable(request).defer("text", "html", "calendar"))
    page = Paginator(mails, 50).get_page(request.GET.get("page"))
    names = _group_names(request)
    for mail in page:
        _mask(mail)
        mail.group_name = names.get(mail.group, "")
    context = {"page": page, "form": form, "is_filtered": form.is_filtered, "pause": Pause.objects.first()}
    return render(request, "office/outbox.html", context)


def _group_names(request: HttpRequest) -> dict[UUID, str]:
    """The working groups by id, for a reader who has several; with one it goes without saying."""
    groups = {seat.organization_id: seat.organization.short_name for seat in request.user.current_memberships}
    return groups if len(groups) > 1 else {}


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail with its text and state; personal links are left out."""
    mail = _mask(get_object_or_404(_readable(request).prefetch_related("attachments"), pk=pk))
    trail.record_as(Kind.ACCESS, actor=request.user, verb="E-Mail gelesen", thing=mail, organization=mail.group)
    return render(request, "office/message.html", {"mail": mail, "text": PERSONAL_LINK.sub(r"\1…", mail.text)})


def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file that went out with a mail."""
    mail = get_object_or_404(_readable(request).filter(is_barred=False), pk=pk)
    attached = get_object_or_404(mail.attachments, pk=file)
    trail.record_as(Kind.ACCESS, actor=request.user, verb="Anhang abgerufen", thing=mail, organization=mail.group)
    response = HttpResponse(bytes(attached.content), content_type=attached.content_type)
    response["Content-Disposition"] = content_disposition_header(True, attached.name)
    return response


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again that the sender had given up, to the address that the person has by now."""
    mail = get_object_or_404(_readable(request), pk=pk)
    actions.retry(mail, by=request.user)
    return redirect("office:message", pk)


def _readable(request: HttpRequest) -> QuerySet[Message]:
    """The mails that this reader may see; for everybody outside the Verwaltung the page does not exist for them."""
    groups = groups_where_office(request.user)
    if not groups:
        raise PermissionDenied
    barred = ExpressionWrapper(_naming_what_bars(request.user), output_field=BooleanField())
    return Message.objects.of_groups(groups).annotate(is_barred=barred)


def _naming_what_bars(person: Person) -> Q:
    """Mails that may name what Befangenheit closes to the person: of the item, its meeting, or news of its group."""
    recusals = Recusal.objects.filter(person=person)
    of_item_or_meeting = Q(about__in=recusals.values("item")) | Q(about__in=recusals.values("item__meeting"))
    return of_item_or_meeting | Q(about=None, group__in=recusals.values("item__meeting__organization"))


def _mask(mail: Message) -> Message:
    """Leave of a barred mail what kind it is, to whom it went and its state."""
    if mail.is_barred:
        mail.subject, mail.text = f"{mail.kind}, für Sie wegen Befangenheit gesperrt", ""
    return mail
