"""Pages of site inspections: the form for a phone, the ledger, which projects are due."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.selectors.files import attachment_path
from zhuchao.apps.core.services.photos import small_copy
from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    list_response,
)
from zhuchao.web.printing import day
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from ..forms.inspections import InspectionCorrectForm, InspectionForm, IntervalForm, PhotosForm
from ..models import Inspection, Project
from ..selectors import get_project, inspections
from ..services import inspections as verbs
from .lists import state_of
from .saving import form_response, project_url

FORM = "projects/inspection_form.html"


def _by_flag(field: str) -> Any:
    return lambda rows, text: rows.exclude(**{field: ""}) if text == "1" else rows.filter(**{field: ""})


def _by_located(rows: Any, text: str) -> Any:
    return rows.filter(longitude__isnull=text == "0")


YES_NO = (("1", _("是")), ("0", _("否")))

INSPECTIONS = ListPage(
    key="inspections",
    title=_("现场踏勘"),
    thing="inspection",
    columns=(
        Column(
            "day",
            _("踏勘日期"),
            lambda entry: entry.happened_on,
            Kind.DATE,
            sort="happened_on",
            link=lambda entry: reverse("inspection-detail", args=[entry.pk]),
            on_phone=True,
        ),
        Column(
            "project",
            _("项目名称"),
            lambda entry: entry.project.name,
            link=lambda entry: reverse("project-detail", args=[entry.project_id]),
            on_phone=True,
        ),
        Column("findings", _("现场情况"), lambda entry: entry.findings, on_phone=True),
        Column("stalled", _("停滞事项"), lambda entry: entry.stalled),
        Column("photos", _("照片数"), lambda entry: entry.photos_kept or 0, Kind.NUMBER),
        Column("located", _("有定位"), lambda entry: entry.longitude is not None, Kind.BOOL),
        Column("members", _("踏勘人员"), lambda entry: entry.members or str(entry.recorded_by or "")),
        Column("next", _("下次踏勘"), lambda entry: entry.next_on, Kind.DATE),
        Column("longitude", _("经度"), lambda entry: entry.longitude, hidden=True),
        Column("latitude", _("纬度"), lambda entry: entry.latitude, hidden=True),
        Column("at", _("登记时间"), lambda entry: entry.recorded_at, Kind.MOMENT, hidden=True),
    ),
    filters=(
        Filter("day", _("踏勘日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("stalled", _("有停滞"), _by_flag("stalled"), lambda request: YES_NO),
        Filter("located", _("有定位"), _by_located, lambda request: YES_NO),
    ),
    search=lambda request, rows, text: (
        rows.filter(project__name__icontains=text)
        | rows.filter(findings__icontains=text)
        | rows.filter(members__icontains=text)
    ),
    search_hint=_("项目名称、现场情况、踏勘人员"),
    default_sort="-happened_on",
    tabs=((_("全部"), ""), (_("有停滞"), "stalled=1")),
    main_action=Action(_("该踏勘的项目"), "inspection-due-list", "view", "inspection", "tabler-map-pin"),
    empty_sentence=_("还没有踏勘。打开项目，点“踏勘”；在手机上也能登记。"),
)

DUE = ListPage(
    key="inspections-due",
    title=_("该踏勘的项目"),
    thing="project",
    columns=(
        Column(
            "name",
            _("项目名称"),
            lambda project: project.name,
            sort="name",
            link=lambda project: reverse("project-detail", args=[project.pk]),
            on_phone=True,
        ),
        Column("stage", _("阶段"), state_of, Kind.STATE),
        Column("officer", _("金牌店小二"), lambda project: str(project.officer or "")),
    ),
    default_sort="name",
    search=lambda request, rows, text: rows.filter(name__icontains=text),
    search_hint=_("项目名称"),
    row_verbs=(
        RowVerb(
            "inspect",
            _("踏勘"),
            lambda project: reverse("inspection-add", args=[project.pk]),
            icon="tabler-map-pin",
            verb="add",
            thing="inspection",
        ),
    ),
    tabs=((_("全部"), ""), (_("已逾期"), "overdue=1")),
    other_actions=(Action(_("踏勘间隔"), "inspection-interval", "change", "inspection", "tabler-settings"),),
    empty_sentence=_("没有在建和待建的项目。"),
)


@login_required
def inspection_list(request: HttpRequest) -> HttpResponseBase:
    """List the inspections in force of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.INSPECTION, zone)
    return list_response(request, INSPECTIONS, inspections.listed_inspections(actor, zone))


@login_required
def inspection_due_list(request: HttpRequest) -> HttpResponseBase:
    """List the projects under way with when each was last inspected and by when it is to be again."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.INSPECTION, zone)
    on = zones.today(zone)
    days = inspections.interval_of(zone, on)

    def due(project: Project) -> Any:
        last = inspections.due_on(project, days)
        return (
            ("late", day(last), "red") if last is not None and last < on else ("due", day(last), "secondary")
        )

    columns = (
        *DUE.columns,
        Column("last", _("上次踏勘"), lambda project: project.inspected_on, Kind.DATE, on_phone=True),
        Column("due", _("应在此前踏勘"), due, Kind.STATE, on_phone=True),
    )
    late = Filter(
        "overdue",
        _("已逾期"),
        lambda rows, text: (
            inspections.overdue(rows, on, days)
            if text == "1"
            else rows.exclude(pk__in=inspections.overdue(rows, on, days).order_by().values("pk"))
        ),
        lambda request: YES_NO,
    )
    page = replace(DUE, columns=columns, filters=(late,))
    return list_response(request, page, inspections.to_inspect(actor, zone))


@login_required
@require_GET
def inspection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an inspection: what was seen, the photos, what does not fit together, its versions."""
    actor = person_of(request)
    entry = inspections.get_inspection(actor, pk)
    successor = getattr(entry, "replaced_by", None)
    in_force = successor is None and not entry.is_void
    photos = inspections.photos_of(entry)
    away = inspections.away_m(entry, inspections.place_of(entry.project))
    located = f"{entry.longitude}, {entry.latitude}" if entry.longitude is not None else ""
    context: dict[str, Any] = {
        "record": entry,
        "entry": entry,
        "project": entry.project,
        "photos": photos,
        "doubts": inspections.doubts_of(entry, photos),
        "successor": successor,
        "facts": [
            (_("项目名称"), entry.project.name),
            (_("踏勘时间"), f"{timezone.localtime(entry.inspected_at):%Y-%m-%d %H:%M}"),
            (_("踏勘人员"), entry.members or entry.recorded_by),
            (_("定位（经度, 纬度）"), located),
            (_("定位误差（米）"), entry.accuracy_m),
            (_("距项目位置（米）"), away),
            (_("下次踏勘"), day(entry.next_on)),
        ],
        "timeline": _versions(request, entry),
        "may_add": in_force and zones.may(actor, Verb.ADD, Thing.INSPECTION, entry.zone_id),
        "may_change": in_force and zones.may(actor, Verb.CHANGE, Thing.INSPECTION, entry.zone_id),
        "may_void": in_force and zones.may(actor, Verb.VOID, Thing.INSPECTION, entry.zone_id),
    }
    return render(request, "projects/inspection_detail.html", context)


def _versions(request: HttpRequest, entry: Inspection) -> list[Item]:
    rows = inspections.visible_inspections(person_of(request)).filter(ledger_key=entry.ledger_key)
    return [
        entry_item(
            each,
            what=each.findings,
            detail=each.stalled,
            here=reverse("inspection-detail", args=[each.replaced_by.pk])
            if hasattr(each, "replaced_by")
            else "",
        )
        for each in rows.filter(is_void=False).order_by("-pk")
    ]


@login_required
def inspection_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an inspection from the site: photos, what is seen, where one stands."""
    actor = person_of(request)
    project = get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.INSPECTION, project.zone)
    now = timezone.localtime(zones.now(project.zone))
    form = InspectionForm(
        posted(request), request.FILES or None, initial={"on": now.date(), "at": now.time()}
    )

    def act(values: dict[str, Any]) -> str:
        photos = [(file.name, file) for file in values.pop("photos")]
        entry = verbs.add_inspection(actor=actor, project=project, photos=photos, **values)
        return reverse("inspection-detail", args=[entry.pk])

    return form_response(
        request,
        form,
        act,
        title=labelled(gettext("踏勘"), project.name),
        back=project_url(project),
        done=gettext("已登记踏勘。"),
        project=project,
        template=FORM,
        form_key=f"inspection-{project.pk}",
    )


@login_required
def inspection_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an inspection, with the reason."""
    actor = person_of(request)
    entry = inspections.get_inspection(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.INSPECTION, entry.zone)
    form = InspectionCorrectForm(posted(request), initial=InspectionCorrectForm.of(entry))

    def act(values: dict[str, Any]) -> str:
        corrected = verbs.correct_inspection(actor=actor, entry=entry, **values)
        return reverse("inspection-detail", args=[corrected.pk])

    return form_response(
        request,
        form,
        act,
        title=gettext("更正踏勘"),
        back=reverse("inspection-detail", args=[entry.pk]),
        done=gettext("已更正。原条目保留在时间线中。"),
        project=entry.project,
        template=FORM,
    )


@login_required
def inspection_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void an inspection, with the reason."""
    actor = person_of(request)
    entry = inspections.get_inspection(actor, pk)
    zones.require(actor, Verb.VOID, Thing.INSPECTION, entry.zone)
    return form_response(
        request,
        VoidForm(posted(request)),
        lambda values: verbs.void_inspection(actor=actor, entry=entry, **values),
        title=gettext("作废踏勘（%(on)s）") % {"on": entry.happened_on.isoformat()},
        back=reverse("inspection-list"),
        done=gettext("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=gettext("作废"),
    )


@login_required
def inspection_photos_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add photos to an inspection."""
    actor = person_of(request)
    entry = inspections.get_inspection(actor, pk)
    zones.require(actor, Verb.ADD, Thing.INSPECTION, entry.zone)

    def act(values: dict[str, Any]) -> None:
        photos = [(file.name, file) for file in values["photos"]]
        verbs.add_photos(actor=actor, inspection=entry, photos=photos)

    return form_response(
        request,
        PhotosForm(posted(request), request.FILES or None),
        act,
        title=gettext("补充照片"),
        back=reverse("inspection-detail", args=[entry.pk]),
        done=gettext("已补充照片。"),
        project=entry.project,
    )


@login_required
@require_GET
def inspection_photo(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """Answer with a photo as it was given, or with a small copy of it for the page."""
    photo = inspections.get_photo(person_of(request), pk)
    if request.GET.get("size") != "small":
        return attachment_response(photo.file)
    response = HttpResponse(small_copy(attachment_path(photo.file)), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
def inspection_interval(request: HttpRequest) -> HttpResponse:
    """Say after how many days the zone's projects are inspected again."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.CHANGE, Thing.INSPECTION, zone)
    now = inspections.interval_of(zone, zones.today(zone))
    return form_response(
        request,
        IntervalForm(posted(request), initial={"days": now}),
        lambda values: verbs.set_inspection_interval(actor=actor, zone=zone, **values),
        title=gettext("踏勘间隔"),
        back=reverse("inspection-due-list"),
        done=ngettext("已设为每 %(n)d 天。", "已设为每 %(n)d 天。", now) % {"n": _days(request, now)},
    )


def _days(request: HttpRequest, usual: int) -> int:
    said = request.POST.get("days", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else usual
