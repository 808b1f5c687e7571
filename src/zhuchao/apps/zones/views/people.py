"""Pages of the people of a zone: who they are, what they do, and their accounts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from zhuchao.apps.core.wording import listed
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_flag, list_response
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item

from .. import selectors, services
from ..forms import ConfirmForm, EndRoleForm, NewPersonForm, ProfileForm, RoleForm
from ..models import Role, User
from ..selectors import Thing, Verb
from .pages import form_response, secret_response, settings_tabs, thing_url

MOST_SHOWN = 200


def _of_role(rows: QuerySet[User], text: str) -> QuerySet[User]:
    return rows.filter(pk__in=selectors.people.open_now().filter(role=text).values("user"))


def _named(request: HttpRequest, rows: QuerySet[User], text: str) -> QuerySet[User]:
    return rows.filter(display_name__icontains=text) | rows.filter(username__icontains=text)


PEOPLE = ListPage(
    key="people",
    title=gettext_lazy("人员"),
    thing="person",
    columns=(
        Column(
            "name",
            gettext_lazy("姓名"),
            lambda row: row.display_name,
            sort="display_name",
            link=lambda row: reverse("person-detail", args=[row.pk]),
        ),
        Column("title", gettext_lazy("职务"), lambda row: row.title),
        Column(
            "roles",
            gettext_lazy("角色"),
            lambda row: listed(m for m in row.roles_here if selectors.people.is_open(m)),
            on_phone=True,
        ),
        Column(
            "departments",
            gettext_lazy("部门"),
            lambda row: listed(
                dict.fromkeys(
                    m.department.name for m in row.roles_here if m.department and selectors.people.is_open(m)
                )
            ),
            on_phone=True,
        ),
        Column("skills", gettext_lazy("专长"), lambda row: listed(row.skills)),
        Column("phone", gettext_lazy("手机"), lambda row: selectors.mask(row.phone), hidden=True),
        Column("load", gettext_lazy("在办"), lambda row: row.open_assignments, Kind.NUMBER, on_phone=True),
        Column(
            "state",
            gettext_lazy("账号"),
            lambda row: (
                ("active", gettext_lazy("启用"), "green")
                if row.is_active
                else ("closed", pgettext_lazy("状态", "停用"), "secondary")
            ),
            Kind.STATE,
        ),
    ),
    filters=(
        Filter("role", gettext_lazy("角色"), _of_role, choices=lambda request: Role.choices),
        Filter(
            "active",
            gettext_lazy("账号"),
            by_flag("is_active"),
            choices=lambda request: (("1", gettext_lazy("启用")), ("0", pgettext_lazy("状态", "停用"))),
        ),
    ),
    search=_named,
    search_hint=gettext_lazy("姓名或登录名"),
    default_sort="name",
    main_action=Action(gettext_lazy("新增人员"), "person-add", "add", "person", "tabler-plus"),
    other_actions=(
        Action(gettext_lazy("部门"), "department-list", "view", "department"),
        Action(gettext_lazy("负荷"), "load", "view", "person"),
    ),
    empty_sentence=gettext_lazy("还没有人员。"),
    empty_actions=(Action(gettext_lazy("新增人员"), "person-add", "add", "person"),),
)


@login_required
def person_list(request: HttpRequest) -> HttpResponseBase:
    """List the people of the zone."""
    rows = selectors.people.people_of(request.user, zone_of(request))
    return list_response(
        request,
        PEOPLE,
        rows,
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "people"),
    )


@login_required
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person: roles, what they have on hand, what they handed over."""
    person = selectors.people.get_person(request.user, pk)
    return render(request, "zones/person_detail.html", _person_context(request, person))


@login_required
@require_POST
def person_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's whole phone number; that it was asked for is written down."""
    person = selectors.people.get_person(request.user, pk)
    phone = services.reveal_phone(actor=person_of(request), person=person)
    part = "#phone" if request.htmx else ""  # type: ignore[attr-defined]
    context = _person_context(request, person) | {"phone": phone}
    response = render(request, f"zones/person_detail.html{part}", context)
    add_never_cache_headers(response)
    return response


@login_required
def person_add(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role; the one-time password is shown once."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.PERSON, zone)
    departments = selectors.visible_departments(request.user).filter(zone=zone, is_active=True)
    form = NewPersonForm(posted(request), departments=departments)

    def act(values: dict[str, Any]) -> HttpResponse:
        person, password = services.add_person(actor=person_of(request), zone=zone, **values)
        return _password_response(request, person, password)

    return form_response(
        request, form, act, title=gettext_lazy("新增人员"), cancel_url=reverse("person-list")
    )


@login_required
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    person = selectors.people.get_person(request.user, pk)
    selectors.people.require_over(request.user, Verb.CHANGE, person)
    form = ProfileForm(
        posted(request),
        initial={name: getattr(person, name) for name in ("display_name", "title", "skills")},
        own=False,
        masked_phone=selectors.mask(person.phone),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_person(
            actor=person_of(request), person=person, seen_version=seen_version(request), **form.values()
        )
        messages.success(request, _("已保存。"))
        return redirect("person-detail", pk=person.pk)

    back = reverse("person-detail", args=[person.pk])
    return form_response(
        request, form, act, title=gettext_lazy("修改人员"), cancel_url=back, version=person.version
    )


@login_required
def person_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new one-time password, shown once."""
    person = selectors.people.get_person(request.user, pk)
    selectors.people.require_over(request.user, Verb.CHANGE, person)

    def act(values: dict[str, Any]) -> HttpResponse:
        password = services.reset_password(actor=person_of(request), person=person)
        return _password_response(request, person, password)

    return _confirm(
        request,
        person,
        act,
        title=_("重置{person}的密码").format(person=person),
        lead=_("现有密码立即失效，其所有登录会话随即结束。新密码只显示一次。"),
        submit_label=_("重置密码"),
    )


@login_required
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a person's account."""
    person = selectors.people.get_person(request.user, pk)
    selectors.people.require_over(request.user, Verb.CHANGE, person)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.deactivate_person(actor=person_of(request), person=person)
        messages.success(request, _("账号已停用。"))
        return redirect("person-detail", pk=person.pk)

    load = selectors.assignments.visible_assignments(request.user).filter(officer=person, until=None).count()
    return _confirm(
        request,
        person,
        act,
        title=_("停用{person}的账号").format(person=person),
        lead=_("停用后不能登录，接口令牌同时失效。其名下还有{n}项在办事项，请记得交接。").format(n=load),
        submit_label=_("停用账号"),
    )


@login_required
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a person's account again."""
    person = selectors.people.get_person(request.user, pk)
    selectors.people.require_over(request.user, Verb.CHANGE, person)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.reactivate_person(actor=person_of(request), person=person)
        messages.success(request, _("账号已启用。"))
        return redirect("person-detail", pk=person.pk)

    return _confirm(
        request,
        person,
        act,
        title=_("启用{person}的账号").format(person=person),
        lead=_("启用后可用原密码登录；角色不变。"),
        submit_label=_("启用账号"),
    )


@login_required
def role_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role in the zone of the request."""
    person = selectors.people.get_person(request.user, pk)
    zone = zone_of(request)
    selectors.require(request.user, Verb.MANAGE, Thing.PERSON, zone)
    departments = selectors.visible_departments(request.user).filter(zone=zone, is_active=True)
    form = RoleForm(posted(request), departments=departments)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_membership(actor=person_of(request), zone=zone, person=person, **values)
        messages.success(request, _("已添加角色。"))
        return redirect("person-detail", pk=person.pk)

    title = _("为{person}添加在{zone}的角色").format(person=person, zone=zone.short_name)
    back = reverse("person-detail", args=[person.pk])
    return form_response(request, form, act, title=title, cancel_url=back)


@login_required
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role."""
    membership = selectors.people.get_membership(request.user, pk)
    selectors.require(request.user, Verb.MANAGE, Thing.PERSON, membership.zone_id)
    back = reverse("person-detail", args=[membership.user_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.end_membership(actor=person_of(request), membership=membership, **values)
        messages.success(request, _("角色已结束。"))
        return redirect("person-list")

    title = _("结束{person}的角色“{role}”").format(person=membership.user, role=membership)
    return form_response(
        request,
        EndRoleForm(posted(request)),
        act,
        title=title,
        cancel_url=back,
        submit_label=_("结束角色"),
        dangerous=True,
    )


def _person_context(request: HttpRequest, person: User) -> dict[str, Any]:
    actor = person_of(request)
    assignments = selectors.assignments.visible_assignments(actor).filter(officer=person)
    rows = list(assignments.select_related("zone").order_by("-since", "-pk")[:MOST_SHOWN])
    roles = list(selectors.people.memberships_of(actor, person))
    managed = selectors.zone_ids(actor, Verb.MANAGE, Thing.PERSON)
    can_manage = selectors.people.manages(actor, person)
    zone = zone_of(request)
    return {
        "record": person,
        "phone": selectors.mask(person.phone),
        "can_reveal": bool(person.phone) and selectors.people.sees_phone_of(actor, person),
        "roles": [(role, selectors.people.is_open(role), role.zone_id in managed) for role in roles],
        "open_rows": [(row, thing_url(row.thing, row.row_id)) for row in rows if row.is_open],
        "can_manage": can_manage,
        "can_edit": bool({role.zone_id for role in roles} & managed),
        "can_add_role": zone.pk in managed,
        "can_assign": selectors.may(actor, Verb.ASSIGN, Thing.LEAD, zone),
        "timeline": [_item(row) for row in rows],
        "settings_tabs": settings_tabs(request, "people"),
    }


def _item(row: Any) -> Item:
    until = (
        _("至 {day}").format(day=selectors.day_of(row.until).isoformat()) if row.until else _("现在仍负责")
    )
    share = "" if row.share == 100 else f"{row.share.normalize():f}%"
    detail = " · ".join(
        part for part in (row.department.name if row.department else "", share, until) if part
    )
    what = _("接手“{label}”").format(label=row.label)
    day = selectors.day_of(row.since)
    return Item(moment=None, happened_on=day, who="", what=what, detail=detail, reason=row.reason)


def _confirm(request: HttpRequest, person: User, act: Any, **context: Any) -> HttpResponse:
    form = ConfirmForm(posted(request))
    back = reverse("person-detail", args=[person.pk])
    return form_response(request, form, act, cancel_url=back, dangerous=True, **context)


def _password_response(request: HttpRequest, person: User, password: str) -> HttpResponse:
    what = _("{person}（登录名 {username}）的初始密码，{days}日内首次登录时须修改：").format(
        person=person, username=person.username, days=services.ONE_TIME_PASSWORD_DAYS
    )
    return secret_response(
        request,
        title=gettext_lazy("初始密码"),
        what=what,
        secret=password,
        back=reverse("person-detail", args=[person.pk]),
    )
