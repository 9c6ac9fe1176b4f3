"""The installation: settings, URL map, Celery app, servers."""

from arbeitskreis.celery import app as celery_app

__all__ = ["celery_app"]
