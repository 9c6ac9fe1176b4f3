"""Keeping topics; home shows them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.audit.versions import Stale
from portal.members.rules import groups_where_office
from portal.topics import actions, rules
from portal.topics.forms import TopicForm
from portal.topics.models import Topic


def create(request: HttpRequest) -> HttpResponse:
    """Add a topic."""
    groups = groups_where_office(request.user)
    if not groups:
        raise PermissionDenied
    form = TopicForm(request.POST if request.method == "POST" else None, groups=groups)
    if request.method == "POST" and form.is_valid():
        topic = actions.create_topic(by=request.user, **_typed(form), organization=form.cleaned_data["organization"])
        messages.success(request, f"Das Thema „{topic}“ ist angelegt.")
        return redirect(topic)
    return render(request, "topics/create.html", {"form": form}, status=422 if form.is_bound else 200)


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a topic; what somebody else has saved meanwhile is shown beside what was typed."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user), pk=pk)
    if not rules.may_edit_topic(request.user, topic):
        raise PermissionDenied
    form = TopicForm(request.POST if request.method == "POST" else None, instance=topic, groups=[topic.organization_id])
    context = {"form": form, "topic": topic, "title": topic.title, "stored": None}
    if form.is_bound and form.is_valid():
        try:
            actions.edit_topic(topic, by=request.user, version=form.cleaned_data["version"], **_typed(form))
        except Stale as stale:
            form.build_on(stale.current.version)
            context["stored"] = stale.current
        else:
            messages.success(request, "Ihre Änderungen sind gespeichert.")
            return redirect(topic)
    status = 409 if context["stored"] else 422 if form.is_bound else 200
    return render(request, "topics/edit.html", context, status=status)


def _typed(form: TopicForm) -> dict:
    return {field: form.cleaned_data[field] for field in actions.FIELDS}
