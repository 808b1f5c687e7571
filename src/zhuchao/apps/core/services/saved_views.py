"""Keep a list the way somebody likes to see it, and throw that away again."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from ..errors import NotFound, WrongInput
from ..models import SavedView
from .changes import record_change

LONGEST_NAME = 40
LONGEST_QUERY = 1000
MOST_OF_ONE_LIST = 30


@transaction.atomic
def save_view(
    *, actor: models.Model, scope: int, list_key: str, name: str, query: str, is_shared: bool = False
) -> SavedView:
    """Keep the query of a list under a name; the same name again replaces the person's own view.

    Whether the person may share is decided by who calls. Raises WrongInput for an empty or too long name, a
    query that is too long, or one view too many.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise WrongInput(field=_("视图名称"), why=_("请填写 1 到 %(n)d 个字。") % {"n": LONGEST_NAME})
    if len(query) > LONGEST_QUERY or "\x00" in f"{name}{query}{list_key}":
        raise WrongInput(field=_("筛选条件"), why=_("条件过长，不能保存。"))
    mine = SavedView.objects.select_for_update(no_key=True).filter(
        owner_id=actor.pk, scope=scope, list_key=list_key[:40]
    )
    view = mine.filter(name=name).first()
    if view is None:
        if mine.count() >= MOST_OF_ONE_LIST:
            raise WrongInput(
                field=_("保存视图"),
                why=_("每个列表最多 %(n)d 个，请先删除不用的。") % {"n": MOST_OF_ONE_LIST},
            )
        view = SavedView(owner_id=actor.pk, scope=scope, list_key=list_key[:40], name=name)
    view.query = query
    view.is_shared = is_shared
    view.save()
    record_change(actor=actor, verb="save_view", rows=[view], scope=scope, name=name, is_shared=is_shared)
    return view


@transaction.atomic
def delete_view(*, actor: models.Model, scope: int, view_id: int, manages: bool = False) -> None:
    """Throw away a view of one's own, or a shared one in the zone where the person ``manages``.

    Raises NotFound for any other, and when it is gone already.
    """
    view = SavedView.objects.select_for_update(no_key=True).filter(pk=view_id, scope=scope).first()
    if view is None or not (view.owner_id == actor.pk or (manages and view.is_shared)):
        raise NotFound(what=_("这个视图"))
    record_change(actor=actor, verb="delete_view", rows=[view], scope=scope, name=view.name)
    view.delete()
