"""Turn a refusal into a page, a part of a page, or JSON: in one place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from zhuchao.apps.core.errors import DomainError


class DomainErrorMiddleware:
    """Render a DomainError: JSON for those who ask for it, the notice for htmx, a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(error.as_dict(), status=error.http_status)
        htmx = bool(getattr(request, "htmx", False))
        template = "web/error.html#notice" if htmx else "web/error.html"
        context = {"error": error, "back_url": _came_from(request)}
        response = render(request, template, context, status=error.http_status)
        if htmx:
            response["HX-Retarget"] = "#notices"
            response["HX-Reswap"] = "innerHTML"
        return response


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours that led here, empty where it is not known."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if ours and referer.startswith("http") else ""
