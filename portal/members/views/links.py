"""Pages behind the personal links of mails."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse


def by_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is a key: it goes into no cache, no search engine, and to nobody by a Referer.

    Not `no-referrer`: with that, browsers send forms with "Origin: null", which Django refuses.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded
