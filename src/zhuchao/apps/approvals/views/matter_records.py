"""One matter: its page, and the forms that add it, edit it, draft a version and publish it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.requests import person_of, zone_of

from ..forms.matters import MatterForm, MatterVersionForm, PublishForm
from ..models import Matter, MatterVersion
from ..selectors.matter_versions import (
    compared,
    draft_of,
    facts_said,
    get_matter_version,
    instruments_of,
    is_in_force,
    versions_of,
)
from ..selectors.matters import get_matter, matter_version_on, with_version
from ..services.matter_versions import change_matter_version, draft_matter_version, publish_matter_version
from ..services.matters import add_matter, change_matter
from .matters import source_of, standing_of
from .saving import form_response

SHOWN_ABOVE = ("source", "source_status", "verified_on", "pledge_text")


def matter_url(pk: int) -> str:
    """Return the address of a matter's page."""
    return reverse("matter-detail", args=[pk])


@login_required
@require_GET
def matter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a matter: what holds today with its steps and documents, the draft against it, and every version."""
    matter = get_matter(request.user, pk)
    today = zones.today(matter.zone)
    held = matter_version_on(matter, today)
    draft = draft_of(matter)
    (with_held,) = with_version(Matter.objects.filter(pk=pk), today)
    may_change = zones.may(request.user, Verb.CHANGE, Thing.MATTER, matter.zone_id)
    context = {
        "record": matter,
        "matter": matter,
        "state": standing_of(with_held),
        "source": source_of(held.source_status if held else None),
        "facts": [
            (_("事项编码"), matter.code),
            (_("事项类型"), matter.get_kind_display()),
            (_("办理部门"), matter.department),
            (_("说明"), matter.summary),
            *([(_("不适用告知承诺"), matter.get_no_pledge_display())] if matter.no_pledge else []),
        ],
        "held": held,
        "said": said_of(held),
        "instruments": instruments_of(held) if held else [],
        "draft": draft,
        "differences": compared(held, draft) if held and draft else [],
        "draft_said": said_of(draft) if draft and not held else [],
        "is_own_draft": draft is not None and draft.prepared_by_id == request.user.pk,
        "versions": list(versions_of(matter)),
        "may_change": may_change,
        "may_publish": zones.may(request.user, Verb.MANAGE, Thing.MATTER, matter.zone_id),
        "today": today,
    }
    return render(request, "approvals/matter_detail.html", context)


def said_of(version: MatterVersion | None) -> list[tuple[str, str]]:
    """Return what a version says beside its steps, documents and source: (label, words)."""
    if version is None:
        return []
    return [(label, words) for name, label, words in facts_said(version) if name not in SHOWN_ABOVE]


@login_required
@require_GET
def matter_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version of a matter, and what it changed against the one before it."""
    version = get_matter_version(request.user, pk)
    matter = version.matter
    before = versions_of(matter).filter(number__lt=version.number).first()
    context = {
        "record": version,
        "matter": matter,
        "held": version,
        "said": said_of(version),
        "instruments": instruments_of(version),
        "before": before,
        "differences": compared(before, version) if before else [],
        "is_now": is_in_force(version, zones.today(matter.zone)),
    }
    return render(request, "approvals/matter_version.html", context)


@login_required
def matter_add(request: HttpRequest) -> HttpResponse:
    """Enter a matter; the next step is its first version."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.MATTER, zone)
    form = MatterForm(editing.posted(request), zone=zone)

    def act(values: dict[str, Any]) -> str:
        matter = add_matter(actor=actor, zone=zone, **values)
        return reverse("matter-version-draft", args=[matter.pk])

    return form_response(
        request,
        form,
        act,
        title=_("新增事项"),
        back=reverse("matter-list"),
        done=_("已新增事项。请填写第一版。"),
        crumbs=((_("事项目录"), reverse("matter-list")),),
    )


@login_required
def matter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what a matter is filed under; when somebody else did so meanwhile, show both versions."""
    actor = person_of(request)
    matter = get_matter(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.MATTER, matter.zone)
    form = MatterForm(editing.posted(request), initial=MatterForm.of(matter), zone=matter.zone)
    return form_response(
        request,
        form,
        lambda values: change_matter(
            actor=actor, matter=matter, version=editing.seen_version(request), **values
        ),
        title=_("修改事项"),
        back=matter_url(pk),
        done=_("已保存。"),
        version=matter.version,
        crumbs=_crumbs(matter),
    )


@login_required
def matter_version_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next version of a matter, beginning with what the last one says."""
    actor = person_of(request)
    matter = get_matter(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.MATTER, matter.zone)
    latest = versions_of(matter).first()
    initial = MatterVersionForm.of(latest) if latest else {"effective_from": zones.today(matter.zone)}
    return _version_response(
        request,
        matter,
        initial,
        lambda values: draft_matter_version(actor=actor, matter=matter, **values),
        title=_("起草新版本"),
        done=_("已保存草稿，请由另一人复核后发布。"),
    )


@login_required
def matter_version_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a draft."""
    actor = person_of(request)
    draft = get_matter_version(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.MATTER, draft.zone)
    return _version_response(
        request,
        draft.matter,
        MatterVersionForm.of(draft),
        lambda values: change_matter_version(
            actor=actor, draft=draft, version=editing.seen_version(request), **values
        ),
        title=_("修改草稿"),
        done=_("已保存。"),
        version=draft.version,
    )


@login_required
def matter_version_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft to the second person, and publish it on their word."""
    actor = person_of(request)
    draft = get_matter_version(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.MATTER, draft.zone)
    matter = draft.matter
    held = matter_version_on(matter, zones.today(matter.zone))
    return form_response(
        request,
        PublishForm(editing.posted(request)),
        lambda values: publish_matter_version(actor=actor, draft=draft),
        title=_("复核并发布：%(name)s") % {"name": draft},
        back=matter_url(matter.pk),
        done=_("已发布。"),
        template="approvals/matter_publish.html",
        crumbs=_crumbs(matter),
        held=draft,
        matter=matter,
        said=said_of(draft),
        instruments=instruments_of(draft),
        differences=compared(held, draft) if held else [],
        submit_label=_("发布"),
    )


def _version_response(
    request: HttpRequest,
    matter: Matter,
    initial: dict[str, Any],
    act: Any,
    *,
    title: str,
    done: str,
    version: int | None = None,
) -> HttpResponse:
    """Show the form of a version, with more rows where they are asked for, or save it."""
    template, more = "approvals/matter_version_form.html", request.POST.get("more", "")
    if request.method == "POST" and more:
        form = MatterVersionForm(initial=MatterVersionForm.typed(request.POST), more=more, zone=matter.zone)
        shown = {
            "form": form,
            "title": title,
            "cancel_url": matter_url(matter.pk),
            "version": version if version is None else editing.seen_version(request),
            "crumbs": _crumbs(matter),
        }
        return render(request, template, shown)
    form = MatterVersionForm(editing.posted(request), initial=initial, zone=matter.zone)
    return form_response(
        request,
        form,
        act,
        title=title,
        back=matter_url(matter.pk),
        done=done,
        version=version,
        template=template,
        crumbs=_crumbs(matter),
    )


def _crumbs(matter: Matter) -> tuple[tuple[str, str], ...]:
    return ((_("事项目录"), reverse("matter-list")), (matter.name, matter_url(matter.pk)))
