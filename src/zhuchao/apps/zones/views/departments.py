"""Pages of the units of the organisation, and of what their officers have on hand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_flag, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import DepartmentEditForm, DepartmentForm, OfficerForm
from ..models import Department
from ..selectors import Thing, Verb
from .pages import form_response, settings_tabs, thing_url

DEPARTMENTS = ListPage(
    key="departments",
    title=gettext_lazy("部门"),
    thing="department",
    columns=(
        Column(
            "name",
            gettext_lazy("名称"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("department-detail", args=[row.pk]),
        ),
        Column("kind", gettext_lazy("类型"), lambda row: row.get_kind_display(), on_phone=True),
        Column("parent", gettext_lazy("上级"), lambda row: row.parent.name if row.parent else None),
        Column("people", gettext_lazy("人数"), lambda row: row.people, Kind.NUMBER, on_phone=True),
        Column("things", gettext_lazy("在办事项"), lambda row: row.things, Kind.NUMBER, on_phone=True),
        Column("is_active", gettext_lazy("在用"), lambda row: row.is_active, Kind.BOOL),
    ),
    filters=(
        Filter(
            "kind", gettext_lazy("类型"), by_value("kind"), choices=lambda request: Department.Kind.choices
        ),
        Filter(
            "active",
            gettext_lazy("在用"),
            by_flag("is_active"),
            choices=lambda request: (("1", gettext_lazy("在用")), ("0", pgettext_lazy("状态", "停用"))),
        ),
    ),
    default_sort="name",
    main_action=Action(gettext_lazy("新增部门"), "department-add", "add", "department", "tabler-plus"),
    other_actions=(
        Action(gettext_lazy("人员"), "person-list", "view", "person"),
        Action(gettext_lazy("负荷"), "load", "view", "person"),
    ),
    empty_sentence=gettext_lazy("还没有部门。可按“14312”这样的招商体系建立招商办、分局、中心和小分队。"),
    empty_actions=(Action(gettext_lazy("新增部门"), "department-add", "add", "department"),),
    exportable=False,
)


@login_required
def department_list(request: HttpRequest) -> HttpResponseBase:
    """List the units of the zone's organisation."""
    today = timezone.localdate()
    in_office = Q(memberships__until__isnull=True) | Q(memberships__until__gte=today)
    rows = (
        selectors.visible_departments(request.user)
        .filter(zone=zone_of(request))
        .annotate(
            people=Count("memberships__user", filter=in_office, distinct=True),
            things=Count("assignments", filter=Q(assignments__until__isnull=True), distinct=True),
        )
    )
    return list_response(
        request,
        DEPARTMENTS,
        rows,
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "people"),
    )


@login_required
def department_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one unit: its people and what they have on hand."""
    department = selectors.get_department(request.user, pk)
    loads = [load for load in selectors.duty.load_of(department.zone) if department in load.departments]
    context = {
        "record": department,
        "facts": [
            (gettext_lazy("类型"), department.get_kind_display()),
            (gettext_lazy("上级"), department.parent),
            (gettext_lazy("辖区"), department.zone),
            (
                gettext_lazy("状态"),
                gettext_lazy("在用") if department.is_active else pgettext_lazy("状态", "停用"),
            ),
        ],
        "loads": loads,
        "children": list(selectors.visible_departments(request.user).filter(parent=department)),
        "can_edit": selectors.may(request.user, Verb.CHANGE, Thing.DEPARTMENT, department.zone_id),
        "settings_tabs": settings_tabs(request, "people"),
    }
    return render(request, "zones/department_detail.html", context)


@login_required
def department_add(request: HttpRequest) -> HttpResponse:
    """Add a unit to the zone's organisation."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.DEPARTMENT, zone)
    form = DepartmentForm(
        posted(request), parents=selectors.visible_departments(request.user).filter(zone=zone)
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        department = services.add_department(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已新增部门“{name}”。").format(name=department.name))
        return redirect("department-list")

    return form_response(
        request, form, act, title=gettext_lazy("新增部门"), cancel_url=reverse("department-list")
    )


@login_required
def department_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a unit of the organisation."""
    department = selectors.get_department(request.user, pk)
    selectors.require(request.user, Verb.CHANGE, Thing.DEPARTMENT, department.zone_id)
    siblings = selectors.visible_departments(request.user).filter(zone=department.zone_id)
    form = DepartmentEditForm(
        posted(request),
        initial={name: getattr(department, name) for name in ("name", "kind", "parent", "is_active")},
        parents=siblings.exclude(pk=department.pk),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_department(
            actor=person_of(request), department=department, seen_version=seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect("department-detail", pk=department.pk)

    back = reverse("department-detail", args=[department.pk])
    return form_response(
        request, form, act, title=gettext_lazy("修改部门"), cancel_url=back, version=department.version
    )


@login_required
def load(request: HttpRequest) -> HttpResponse:
    """Show what every officer has on hand, squad by squad."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.PERSON, zone)
    squads = selectors.duty.squads_of(zone)
    counts = [officer.count for squad in squads for officer in squad.officers]
    context = {
        "squads": squads,
        "most": max(counts, default=0),
        "settings_tabs": settings_tabs(request, "people"),
    }
    return render(request, "zones/load.html", context)


@login_required
def assignment_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand an officer's part in a thing over to another."""
    assignment = selectors.assignments.get_assignment(request.user, pk)
    officers = selectors.people.officers_of(assignment.zone).exclude(pk=assignment.officer_id)
    form = OfficerForm(posted(request), officers=officers)
    back = thing_url(assignment.thing, assignment.row_id) or reverse(
        "person-detail", args=[assignment.officer_id]
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.hand_over(actor=person_of(request), assignment=assignment, **values)
        messages.success(request, _("已交接。"))
        return redirect(back)

    title = _("交接“{label}”").format(label=assignment.label)
    lead = _("现由{officer}负责。历史会保留。").format(officer=assignment.officer)
    return form_response(request, form, act, title=title, cancel_url=back, lead=lead)
