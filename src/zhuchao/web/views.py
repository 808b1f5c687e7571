"""What the shell itself does: keep a view of a list, and throw it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.services import saved_views

from .shell import is_allowed


@login_required
@require_POST
def save_list_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name, and show it."""
    view = saved_views.save_view(
        actor=request.user,  # type: ignore[arg-type]
        scope=_scope(request),
        list_key=request.POST.get("list", ""),
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        is_shared=request.POST.get("is_shared") == "1" and is_allowed(request, "manage", "zone"),
    )
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
    return redirect(_back(request))


@login_required
@require_POST
def delete_list_view(request: HttpRequest) -> HttpResponse:
    """Throw away a view of a list."""
    key = request.POST.get("view", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound(what=_("这个视图"))
    saved_views.delete_view(
        actor=request.user,  # type: ignore[arg-type]
        scope=_scope(request),
        view_id=int(key),
        manages=is_allowed(request, "manage", "zone"),
    )
    messages.success(request, _("已删除视图。"))
    return redirect(_back(request))


def _scope(request: HttpRequest) -> int:
    return getattr(getattr(request, "zone", None), "pk", 0) or 0


def _back(request: HttpRequest) -> str:
    """Return where the person came from, when it is a place of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"
