from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "portal.audit"

    def ready(self) -> None:
        """Listen to sign-ins, as soon as there are models to write them down."""
        import_module("portal.audit.signins")
