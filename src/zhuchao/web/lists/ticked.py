"""The rows a bulk verb is asked for: ticked ones, or all that the filters leave."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ..errors import AddressWrong, CountNotConfirmed, NothingTicked, TooManyRows
from .address import narrow, read_address
from .page import ListPage
from .shown import choices_of

MOST_AT_ONCE = 5000
CONFIRMED_ABOVE = 50


def ticked_rows(
    request: HttpRequest, rows: QuerySet[Any], *, page: ListPage | None = None, dangerous: bool = False
) -> QuerySet[Any]:
    """Return those of ``rows`` (what the person may see) that the list's bulk form posted.

    With ``page``, ``all=1`` stands for every row that the posted filters leave. A dangerous verb over more than
    fifty rows needs the count typed (``confirm_count``). Raises NothingTicked, TooManyRows, CountNotConfirmed.
    """
    if page is not None and request.POST.get("all") == "1":
        address = read_address(
            request, page, choices_of(request, page), QueryDict(request.POST.get("list_query", ""))
        )
        chosen = narrow(rows, request, page, address)
    else:
        keys = request.POST.getlist("rows")
        if len(keys) > MOST_AT_ONCE:
            raise TooManyRows(count=f"{len(keys):,}", limit=f"{MOST_AT_ONCE:,}")
        if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
            raise AddressWrong(field=_("勾选的行"), why=_("不是这个列表中的行。"))
        chosen = rows.filter(pk__in=[int(key) for key in keys])
    count = chosen.order_by().values("pk")[: MOST_AT_ONCE + 1].count()
    if not count:
        raise NothingTicked()
    if count > MOST_AT_ONCE:
        raise TooManyRows(count=f"{MOST_AT_ONCE:,}+", limit=f"{MOST_AT_ONCE:,}")
    if dangerous and count > CONFIRMED_ABOVE and request.POST.get("confirm_count", "").strip() != str(count):
        raise CountNotConfirmed(count=count)
    return chosen
