"""The way into a demo: its accounts, shown on the sign-in page of a demo data file and nowhere else."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ..services.demo import DEMO_PASSWORD, demo_sign_ins


def demo_door(request: HttpRequest) -> dict[str, Any]:
    """Give templates the demo accounts; they are read only by a template that shows them to a stranger."""
    user = getattr(request, "user", None)  # a page of a request that no middleware has seen
    if user is None or user.is_authenticated:
        return {}
    return {"demo_sign_ins": SimpleLazyObject(demo_sign_ins), "demo_password": DEMO_PASSWORD}
