"""A step with effects across rooms: typed, shown with all that follows, then done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.members.actions.seats import SeatRefused
from portal.office.actions.effects import Unseen, carry_out


@dataclass(frozen=True)
class Step:
    """What a step is called on its pages, and the page where it is typed; without one it has nothing to type."""

    heading: str
    button: str
    done: str
    page: str = ""
    button_class: str = ""


def take(
    request: HttpRequest, step: Step, form: BaseForm, act: Callable[[], Sequence[str] | None], **context: object
) -> HttpResponse:
    """Ask for what the form wants, show what it would change, and do it once that was seen."""
    goes_back = "back" in request.POST
    context |= {"step": step, "form": form}
    if form.is_bound and not goes_back and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            carry_out(act, organization=form.group, by=request.user, seen=seen)
        except Unseen as unseen:
            context |= {"effects": unseen.effects, "has_changed": bool(seen)}
            return render(request, "office/effects.html", context, status=409 if seen else 200)
        except SeatRefused as refused:
            if not step.page:
                messages.error(request, str(refused))
                return redirect("members:list")
            form.add_error(None, str(refused))
        else:
            messages.success(request, step.done)
            return redirect("members:list")
    return render(request, step.page, context, status=422 if form.is_bound and not goes_back else 200)
