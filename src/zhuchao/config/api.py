"""The one API object: every app's router, one way to sign in, one way to refuse."""

from decimal import InvalidOperation
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth

from zhuchao import __version__
from zhuchao.apps.approvals.api import router as approvals
from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.enterprises.api import router as enterprises
from zhuchao.apps.indicators.api import router as indicators
from zhuchao.apps.policies.api import router as policies
from zhuchao.apps.portal.api import router as portal
from zhuchao.apps.premises.api import router as premises
from zhuchao.apps.projects.api import router as projects
from zhuchao.apps.promotion.api import router as promotion
from zhuchao.apps.zones.api import TokenAuth
from zhuchao.apps.zones.api import router as zones

api = NinjaAPI(
    title="筑巢 Zhuchao",
    version=__version__,
    description="一套接口，与页面使用同样的规则。凭登录会话或接口令牌（Authorization: Bearer …）访问。",
    # The token first: the session's guard against forged requests refuses whoever comes without its cookie.
    auth=[TokenAuth(), django_auth],
    urls_namespace="api",
)
api.add_router("", zones)
api.add_router("", enterprises)
api.add_router("", premises)
api.add_router("", promotion)
api.add_router("", projects)
api.add_router("", approvals)
api.add_router("", policies)
api.add_router("", indicators)
api.add_router("", portal)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal as JSON: code, sentence, next step, data."""
    return api.create_response(request, error.as_dict(), status=error.http_status)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer somebody who is not signed in."""
    return _refusal(request, 401, "not_signed_in", _("请先登录，或提供有效的接口令牌。"))


@api.exception_handler(HttpError)
def wrong_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a request that cannot be read, or that a page of ours did not send."""
    if error.status_code == 403:
        return _refusal(
            request, 403, "forged_request", _("登录会话的请求须带上页面的防伪标记，程序请改用接口令牌。")
        )
    return _refusal(request, error.status_code, "wrong_request", _("请求无法识别，内容应为 JSON。"))


@api.exception_handler(ValidationError)
def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer input of the wrong shape: which field, and why."""
    fields = [{"field": ".".join(map(str, item["loc"])), "why": item["msg"]} for item in error.errors]
    return _refusal(request, 422, "wrong_shape", _("请求的字段不符合要求。"), fields=fields)


@api.exception_handler(InvalidOperation)
@api.exception_handler(OverflowError)
@api.exception_handler(DataError)
def out_of_range(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a number or a day of the right shape that no clock and no database can hold."""
    return _refusal(request, 422, "out_of_range", _("请求中有超出可记录范围的数值、日期或字符。"))


def _refusal(request: HttpRequest, status: int, code: str, sentence: str, **data: Any) -> HttpResponse:
    body = {"code": code, "message": sentence, "next": "", "data": data}
    return api.create_response(request, body, status=status)
