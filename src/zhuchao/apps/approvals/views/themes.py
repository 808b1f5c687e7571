"""一件事: the themes as a list, the page of each, and the form that edits it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_flag, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.themes import KINDS, ThemeForm
from ..models import Matter, Theme, ThemeMatter
from ..selectors.matter_versions import days_said, united_papers
from ..selectors.matters import get_theme, listed_themes, matter_version_on, rows_of_theme
from ..selectors.packs import shipped_matters
from ..services.themes import add_theme, adopt_theme, change_theme
from .saving import form_response

YES_NO = (("1", gettext_lazy("是")), ("0", gettext_lazy("否")))


def open_of(row: Any) -> tuple[str, str, str]:
    """Return whether a theme can be asked for as a list shows it: value, label, colour."""
    return ("open", _("可办理"), "green") if row.is_open else ("closed", _("暂停办理"), "secondary")


THEMES = ListPage(
    key="themes",
    title=gettext_lazy("一件事主题"),
    thing="matter",
    columns=(
        Column(
            "name",
            gettext_lazy("主题名称"),
            lambda theme: theme.name,
            sort="name",
            link=lambda theme: reverse("theme-detail", args=[theme.pk]),
            on_phone=True,
        ),
        Column("open", gettext_lazy("状态"), open_of, Kind.STATE, on_phone=True),
        Column(
            "matters", gettext_lazy("联办事项"), lambda theme: theme.matter_count, Kind.NUMBER, on_phone=True
        ),
        Column("code", gettext_lazy("主题编码"), lambda theme: theme.code),
        Column("summary", gettext_lazy("说明"), lambda theme: theme.summary),
    ),
    filters=(Filter("open", gettext_lazy("可办理"), by_flag("is_open"), lambda request: YES_NO),),
    search=lambda request, rows, text: rows.filter(name__icontains=text) | rows.filter(code__icontains=text),
    search_hint=gettext_lazy("主题名称、编码"),
    default_sort="name",
    main_action=Action(gettext_lazy("新增主题"), "theme-add", "add", "matter", "tabler-plus"),
    other_actions=(Action(gettext_lazy("引入通用主题"), "theme-pack", "add", "matter", "tabler-books"),),
    empty_sentence=gettext_lazy("还没有主题。可以引入企业开办、房水电气联合过户，或新增第一个。"),
    empty_actions=(Action(gettext_lazy("引入通用主题"), "theme-pack", "add", "matter", "tabler-books"),),
)


@login_required
def theme_list(request: HttpRequest) -> HttpResponseBase:
    """List the themes of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.MATTER, zone)
    return list_response(request, THEMES, listed_themes(actor, zone))


@login_required
@require_GET
def theme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a theme: its questions, which matter goes to which department, and the documents asked once."""
    theme = get_theme(request.user, pk)
    context = {
        "record": theme,
        "theme": theme,
        "state": open_of(theme),
        "facts": [(_("主题编码"), theme.code), (_("说明"), theme.summary)],
        "questions": _questions(theme),
        "may_change": zones.may(request.user, Verb.CHANGE, Thing.MATTER, theme.zone_id),
        "may_take_in": theme.is_open and zones.may(request.user, Verb.ADD, Thing.CASE, theme.zone_id),
        **routing_context(rows_of_theme(theme), theme.zone, theme.questions),
    }
    return render(request, "approvals/theme_detail.html", context)


def routing_context(rows: list[ThemeMatter], zone: Zone, questions: Any = ()) -> dict[str, Any]:
    """Return which matter goes to which department, and the documents of all, each once with who asks for it."""
    labels = {one["key"]: one for one in questions}
    versions = [(row, matter_version_on(row.matter, zones.today(zone))) for row in rows]
    held = [version for _row, version in versions if version is not None]
    return {
        "routes": [
            {
                "matter": row.matter,
                "version": version,
                "promised": days_said(version.promised_working_days) if version else "",
                "after": row.after.matter.name if row.after else "",
                "when": _when(row, labels),
            }
            for row, version in versions
        ],
        "papers": [
            (paper, [version.matter.name for version in asking]) for paper, asking in united_papers(held)
        ],
        "asked_apart": sum(len(asking) for _paper, asking in united_papers(held)),
    }


def _when(row: ThemeMatter, labels: dict[str, Any]) -> str:
    asked = labels.get(row.when.get("key", "")) if row.when else None
    if asked is None:
        return ""
    answers = _("是") if asked["kind"] == "yes" else listed(row.when.get("is", ()))
    return _("“%(question)s”答“%(answers)s”时") % {"question": asked["label"], "answers": answers}


def _questions(theme: Theme) -> list[tuple[str, str, str, bool]]:
    kinds = dict(KINDS)
    return [
        (one["label"], str(kinds[one["kind"]]), listed(one.get("choices", ())), bool(one.get("required")))
        for one in theme.questions
    ]


@login_required
def theme_add(request: HttpRequest) -> HttpResponse:
    """Enter a theme."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.MATTER, zone)
    return _theme_response(
        request,
        zone,
        {},
        lambda values: reverse("theme-detail", args=[add_theme(actor=actor, zone=zone, **values).pk]),
        title=_("新增主题"),
        back=reverse("theme-list"),
    )


@login_required
def theme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a theme."""
    actor = person_of(request)
    theme = get_theme(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.MATTER, theme.zone)
    return _theme_response(
        request,
        theme.zone,
        ThemeForm.of(theme),
        lambda values: change_theme(
            actor=actor, theme=theme, version=editing.seen_version(request), **values
        ),
        title=_("修改主题"),
        back=reverse("theme-detail", args=[pk]),
        version=theme.version,
    )


def _theme_response(
    request: HttpRequest,
    zone: Zone,
    initial: dict[str, Any],
    act: Any,
    *,
    title: str,
    back: str,
    version: int | None = None,
) -> HttpResponse:
    """Show the form of a theme, with more rows where they are asked for, or save it."""
    actor, more = person_of(request), request.POST.get("more", "")
    template, crumbs = "approvals/matter_version_form.html", ((_("一件事主题"), reverse("theme-list")),)
    if request.method == "POST" and more:
        typed = dict(request.POST.items()) | {"is_open": "is_open" in request.POST}
        shown = {
            "form": ThemeForm(initial=typed, actor=actor, zone=zone, more=more),
            "title": title,
            "cancel_url": back,
            "version": version if version is None else editing.seen_version(request),
            "crumbs": crumbs,
        }
        return render(request, template, shown)
    return form_response(
        request,
        ThemeForm(editing.posted(request), initial=initial, actor=actor, zone=zone),
        act,
        title=title,
        back=back,
        done=_("已保存。"),
        version=version,
        template=template,
        crumbs=crumbs,
    )


@login_required
@require_GET
def theme_pack(request: HttpRequest) -> HttpResponse:
    """List the shipped themes."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.MATTER, zone)
    pack = shipped_matters()
    there = {one.code: one for one in Theme.objects.filter(zone=zone, code__in=list(pack.themes))}
    context = {
        "rows": [
            (one, there.get(one.code), [pack.matters[row["matter"]].name for row in one.matters])
            for one in pack.themes.values()
        ],
        "may_adopt": zones.may(actor, Verb.ADD, Thing.MATTER, zone),
        "drafts": Matter.objects.filter(zone=zone, versions__state="draft").distinct().count(),
    }
    return render(request, "approvals/theme_pack.html", context)


@login_required
@require_POST
def theme_adopt(request: HttpRequest) -> HttpResponse:
    """Take a shipped theme into the zone with its matters."""
    actor, zone = person_of(request), zone_of(request)
    theme = adopt_theme(actor=actor, zone=zone, pack=shipped_matters(), code=request.POST.get("code", ""))
    messages.success(
        request, _("已引入“%(name)s”；其中的事项是草稿，发布后才能收件。") % {"name": theme.name}
    )
    return redirect("theme-detail", pk=theme.pk)
