"""国家政策库: what a pack offers beside what the zone has, the difference of one policy, taking them, and a policy as a file."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from zhuchao.apps.core.wording import sentences
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.rules import policies as engine
from zhuchao.web import editing
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..forms import PackForm
from ..models import Level
from ..selectors import library
from ..selectors.exporting import file_name, policy_file
from ..selectors.library import Item, Pack, State
from ..services import adoption
from ..wording import say

COLOURS = {
    State.NEW: "blue",
    State.NEWER: "yellow",
    State.DRAFT: "secondary",
    State.ADOPTED: "green",
    State.OWN: "secondary",
    State.EXPIRED: "secondary",
}
_ORDER = list(State)
_SAID = 3


def library_url(pack: str = "", state: str = "") -> str:
    """Return the address of a pack's page."""
    asked = {name: value for name, value in (("pack", pack), ("state", state)) if value}
    return reverse("policy-library") + (f"?{urlencode(asked)}" if asked else "")


@login_required
@require_safe
def policy_library(request: HttpRequest) -> HttpResponse:
    """List the policies of a pack with where each stands in the zone."""
    actor, zone = person_of(request), zone_of(request)
    pack = library.get_pack(actor, zone, request.GET.get("pack", ""))
    items = library.library_of(zone, pack)
    state = request.GET.get("state", "")
    shown = [item for item in items if not state or item.state == state]
    shown.sort(key=lambda item: (_ORDER.index(item.state), item.id))
    counts = {each: sum(item.state == each for item in items) for each in State}
    context = {
        "pack": pack,
        "packs": [
            (_("国家政策包"), library_url(), not pack.name),
            *(
                (kept.name, library_url(kept.name), kept.name == pack.name)
                for kept in library.uploaded_packs(actor, zone)
            ),
        ],
        "tabs": [
            (_("全部"), library_url(pack.name), len(items), not state),
            *(
                (str(each.label), library_url(pack.name, each), number, state == each)
                for each, number in counts.items()
                if number
            ),
        ],
        "rows": [_row(item, pack) for item in shown],
        "unread": [(one.file, say(one.error)) for one in pack.unread],
        "open": sum(item.is_open for item in items),
        "may_adopt": zones.may(actor, Verb.ADD, Thing.POLICY, zone),
    }
    return render(request, "policies/library.html", context)


def _row(item: Item, pack: Pack) -> dict[str, Any]:
    policy, version = item.packed.policy, item.shown
    return {
        "id": item.id,
        "title": policy.title,
        "url": reverse("policy-library-item", args=[item.id])
        + (f"?{urlencode({'pack': pack.name})}" if pack.name else ""),
        "state": (item.state.value, item.state.label, COLOURS[item.state]),
        "policy_id": item.filed.policy.pk if item.filed else None,
        "level": _level(policy),
        "department": policy.department,
        "version": version,
        "is_confirmed": version.source.status is engine.Status.CONFIRMED,
        "verb": _verb(item),
        "is_open": item.is_open,
    }


def _level(policy: engine.Policy) -> str:
    return str(Level(policy.level).label) if policy.level in Level.values else policy.level


def _verb(item: Item) -> str:
    if item.next is None:
        return ""
    return _("引入") if item.filed is None or not item.filed.versions else _("引入新版本")


@login_required
@require_safe
def library_item(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a policy of a pack says, line by line beside what the zone has of it."""
    actor, zone = person_of(request), zone_of(request)
    pack = library.get_pack(actor, zone, request.GET.get("pack", ""))
    item = library.get_item(zone, pack, key)
    had = None
    if item.filed is not None:
        had = item.filed.draft or item.filed.published
    clauses = [(one.number, one.text) for one in selectors.clauses_of(had)] if had is not None else []
    today = zones.today(zone)
    version, policy = item.shown, item.packed.policy
    context = {
        "item": item,
        "title": policy.title,
        "pack": pack,
        "back": library_url(pack.name),
        "state": (item.state.value, item.state.label, COLOURS[item.state]),
        "policy_id": item.filed.policy.pk if item.filed else None,
        "facts": [
            (_("政策编号"), item.id),
            (_("层级"), _level(policy)),
            (_("主管部门"), policy.department),
            (_("适用对象"), policy.object),
            (_("生效日期"), version.effective.first),
            (_("失效日期"), version.effective.last or _("长期有效")),
            (_("申报开始"), version.window.first if version.window else _("常年受理")),
            (_("申报截止"), version.window.last if version.window else None),
            (_("说明"), policy.note),
        ],
        "version": version,
        "is_confirmed": version.source.status is engine.Status.CONFIRMED,
        "clauses": library.clauses_of_version(version),
        "had": had,
        "lines": library.compared(item, clauses, had, today=today) if had is not None else [],
        "verb": _verb(item),
        "may_adopt": zones.may(actor, Verb.ADD, Thing.POLICY, zone),
        "rules": item.packed.rules[version.number],
    }
    return render(request, "policies/library_item.html", context)


@login_required
@require_POST
def library_adopt(request: HttpRequest) -> HttpResponse:
    """Take the policies that were ticked, or all that are new or newer, each as a draft."""
    actor, zone = person_of(request), zone_of(request)
    pack = library.get_pack(actor, zone, request.POST.get("pack", ""))
    ids = request.POST.getlist("rows")
    if not ids and request.POST.get("all") != "1":
        messages.warning(request, _("请先勾选要引入的政策。"))
        return redirect(library_url(pack.name))
    done = adoption.adopt(actor=actor, zone=zone, pack=pack, ids=ids)
    taken = [one for one in done if one.policy_id is not None and one.version is not None]
    refused = [one for one in done if one.said]
    if taken:
        said = ngettext(
            "已引入 %(count)d 项政策的草稿，由另一人复核后发布。",
            "已引入 %(count)d 项政策的草稿，由另一人复核后发布。",
            len(taken),
        )
        messages.success(request, said % {"count": len(taken)})
    elif not refused:
        messages.info(request, _("没有可引入的新内容。"))
    if refused:
        messages.error(request, sentences(f"{one.title}：{one.said}" for one in refused[:_SAID]))
    if len(done) == 1 and taken:
        return redirect("policy-detail", pk=taken[0].policy_id)
    return redirect(library_url(pack.name))


@login_required
def library_upload(request: HttpRequest) -> HttpResponse:
    """Take in a pack of policy files; what it says is read and its tests are run before anything is kept."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.POLICY, zone)
    form = PackForm(editing.posted(request), request.FILES or None)

    def act(values: dict[str, Any]) -> HttpResponse:
        files = [(one.name or "", one.read()) for one in values["sent"]]
        kept = adoption.keep_pack(actor=actor, zone=zone, name=values["name"], files=files)
        messages.success(request, _("已收下“%(name)s”。请选择要引入的政策。") % {"name": kept.name})
        return redirect(library_url(kept.name))

    return editing.form_response(
        request,
        form,
        act,
        title=_("上传政策包"),
        cancel_url=reverse("policy-library"),
        template="policies/library_upload.html",
    )


@login_required
@require_safe
def policy_as_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a policy as a policy file."""
    policy = selectors.get_policy(request.user, pk)
    response = HttpResponse(policy_file(policy), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(policy)}"'
    return response
