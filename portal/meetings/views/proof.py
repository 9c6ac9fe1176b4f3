"""The Zustellnachweis: what went to whom, how it arrived, and what was done where it did not."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.meetings import rules
from portal.meetings.actions import again, proof_paper
from portal.meetings.actions import proof as actions
from portal.meetings.forms.proof import OtherWayForm
from portal.meetings.models import Delivery, Meeting
from portal.meetings.views.invitation import file_only
from portal.pdf.engine import PdfError


@require_safe
def proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every letter about the meeting, by revision and person."""
    meeting = _meeting(request, pk)
    issues = actions.issues(meeting)
    receipts = [receipt for issue in issues for receipt in issue.receipts]
    offered = again.offered(meeting, receipts, by=request.user)
    return render(request, "meetings/proof.html", {"meeting": meeting, "issues": issues, "offered": offered})


@require_safe
@file_only
def proof_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same to file away."""
    meeting = _meeting(request, pk)
    try:
        content = proof_paper.paper(meeting, by=request.user)
    except PdfError as refused:
        messages.error(request, str(refused))
        return redirect("meetings:proof", meeting.pk)
    name = f"Zustellnachweis-{meeting.number}-Sitzung-{meeting.year}.pdf"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One letter, and the form to note that the person was told in another way."""
    row = _delivery(request, pk)
    form = OtherWayForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.note_other_way(row, by=request.user, **form.note)
        except ValidationError as refused:
            form.add_error(None, refused)
            row.refresh_from_db()
            status = 409
        else:
            messages.success(request, f"Vermerkt: {row.person} ist auf anderem Weg benachrichtigt.")
            return redirect(_page(row))
    receipt = actions.receipt(row)
    context = {
        "meeting": row.meeting,
        "receipt": receipt,
        "form": form,
        "offered": again.offered(row.meeting, [receipt], by=request.user),
        "cancel_url": _page(row),
    }
    return render(request, "meetings/delivery.html", context, status=status)


@require_POST
def delivery_reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a note back that was made by mistake."""
    row = _delivery(request, pk)
    if actions.take_back_other_way(row, by=request.user):
        messages.success(request, "Der Vermerk ist zurückgenommen.")
    return redirect("meetings:delivery", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the newest letter once more to the person of this one, after saying to which address."""
    row, refused = _delivery(request, pk), ""
    if request.method == "POST":
        try:
            again.send(row, by=request.user, address=request.POST.get("address", ""))
        except ValidationError as refusal:
            refused = refusal.messages[0]
        else:
            messages.success(request, f"Die Einladung geht noch einmal an {row.person}.")
            return redirect(_page(row))
    context = {"meeting": row.meeting, "delivery": row, "refused": refused, "plan": None, "cancel_url": _page(row)}
    try:
        context["plan"] = again.plan(row, by=request.user)
    except ValidationError as obstacle:
        context["refused"] = obstacle.messages[0]
    return render(request, "meetings/send_again.html", context, status=409 if refused else 200)


@require_POST
def address_works(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail arrives again at the address of this letter."""
    row = _delivery(request, pk)
    if actions.trust_address(row, by=request.user):
        messages.success(request, f"{row.address} gilt wieder als erreichbar.")
    return redirect("meetings:delivery", row.pk)


def _page(row: Delivery) -> str:
    return reverse("meetings:proof", args=[row.meeting_id])


def _delivery(request: HttpRequest, pk: UUID) -> Delivery:
    row = get_object_or_404(Delivery.objects.select_related("person", "noted_by"), pk=pk)
    row.meeting = _meeting(request, row.meeting_id)
    return row


def _meeting(request: HttpRequest, pk: UUID) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organization"), pk=pk)
    if not rules.may_read_proof(request.user, meeting):
        raise PermissionDenied
    return meeting
