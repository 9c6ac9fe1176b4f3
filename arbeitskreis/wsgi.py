"""The door for a WSGI server: `gunicorn arbeitskreis.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arbeitskreis.settings")

application = get_wsgi_application()
resolve("/")  # loads every page, once for all workers and before the first visitor
