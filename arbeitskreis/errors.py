"""The page for errors, without the database: it may be what is missing."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_SECONDS = 30


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for what nobody expected, 503 while the database is away or too busy; called while the error is handled."""
    if isinstance(sys.exception(), (InterfaceError, OperationalError)):
        response = HttpResponse(loader.get_template("503.html").render(), status=503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    else:
        response = HttpResponse(loader.get_template("500.html").render(), status=500)
    response.headers["Cache-Control"] = "no-store"
    return response
