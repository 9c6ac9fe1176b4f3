"""Django's admin site behind the portal's own sign-in, for superusers only."""

from collections.abc import Callable, Container
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import DateField, Model
from django.forms import DateInput
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse

from portal.office.admin import operation

DOORS_OF_DJANGO = {"login", "logout", "password_change", "password_change_done"}  # the portal has its own
UNUSED = {"autocomplete", "view_on_site", "app_list"}


def wanted(entry: URLPattern | URLResolver, left_out: Container[str] = ()) -> bool:
    """Whether the address stays; if so, it asks for the portal's sign-in and not for Django's."""
    if isinstance(entry, URLResolver):
        return True
    if hasattr(entry.callback, "login_url"):
        entry.callback.login_url = None
    return entry.name not in left_out


class SystemAdmin(admin.AdminSite):
    """The index, the pages of the registered models, and the page that says whether everything runs."""

    site_header = site_title = "Systemverwaltung"
    index_title = "Was Sie verwalten können"
    final_catch_all_view = False
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Refuse everybody else; who is not signed in has been sent to the portal's sign-in before."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("betrieb/", self.admin_view(self.operation), name="operation"),
            path("betrieb/<str:task>/", self.admin_view(self.operate), name="operate"),
        ]
        return own + [entry for entry in super().get_urls() if wanted(entry, left_out=DOORS_OF_DJANGO | UNUSED)]

    def operation(self, request: HttpRequest) -> HttpResponse:
        return operation.overview(request, self.each_context(request))

    def operate(self, request: HttpRequest, task: str) -> HttpResponse:
        return operation.operate(request, task)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """One list in the order of registration, not one for each of our rooms."""
        models = [self._entry(request, model, pages) for model, pages in self._registry.items()]
        own = {"name": "Systemverwaltung", "app_label": "system", "app_url": reverse("admin:index"), "models": models}
        return [own]

    def _entry(self, request: HttpRequest, model: type[Model], pages: admin.ModelAdmin) -> dict[str, Any]:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        may_add = pages.has_add_permission(request)
        return {
            "model": model,
            "name": pages.title,
            "object_name": model._meta.object_name,
            "perms": pages.get_model_perms(request),
            "admin_url": reverse(f"{base}_changelist"),
            "add_url": reverse(f"{base}_add") if may_add else None,
            "view_only": not pages.has_change_permission(request),
        }


class Pages(admin.ModelAdmin):
    """What all have in common: nothing is deleted, the trail is the only log, and only named pages exist."""

    title = ""
    pages: tuple[str, ...] = ("changelist",)
    view_on_site = False
    formfield_overrides = {DateField: {"widget": DateInput(format="%Y-%m-%d", attrs={"type": "date"})}}
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        names = {f"{self.opts.app_label}_{self.opts.model_name}_{page}" for page in self.pages}
        return [entry for entry in super().get_urls() if entry.name in names and wanted(entry)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return "add" in self.pages

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return "change" in self.pages

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Django's log would keep names; ours keeps ids."""

    log_change = log_addition


site = SystemAdmin(name="admin")
