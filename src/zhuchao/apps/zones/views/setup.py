"""The page that makes the first administrator of an empty data file."""

from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from zhuchao.web.editing import posted

from .. import selectors, services
from ..forms import SetupForm
from .pages import form_response

BACKEND = "zhuchao.apps.zones.services.sign_in.PasswordBackend"


def setup(request: HttpRequest) -> HttpResponse:
    """Make the first zone and its administrator, and sign them in."""
    if not selectors.installation.needs_setup():
        return redirect("account_login")

    def act(values: dict[str, Any]) -> HttpResponse:
        del values["password_again"]
        person, _zone = services.setup.create_first_administrator(**values)
        login(request, person, backend=BACKEND)
        return redirect("/")

    form = SetupForm(posted(request), initial={"zone_kind": "subdistrict"})
    return form_response(
        request,
        form,
        act,
        title=_("开始使用筑巢"),
        cancel_url="",
        submit_label=_("创建并登录"),
        lead=_("这是一个空白系统。请登记本单位，并创建首位管理员账号。"),
    )
