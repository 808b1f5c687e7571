"""申报台账: one row an application as an office kept it, with who handled it and who decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.premises.services.row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Application, ApplicationState, Policy, PolicyVersion
from ..selectors import current_version
from . import application_steps as steps
from .applications import checked_application, draft_application, refuse_applied
from .terms import refuse_unreviewed

STATES = {
    "草稿": "draft",
    "已提交": "submitted",
    "待受理": "submitted",
    "已受理": "accepted",
    "受理": "accepted",
    "通过": "approved",
    "不予通过": "rejected",
    "已撤回": "withdrawn",
    "撤回": "withdrawn",
}
FACTS = ("requested_cny", "contact", "account", "note")
DECIDED = ("approved", "rejected")


@dataclass
class ApplicationBook(Book):
    """The policies by key, the firms and people that rows name, and what has been applied for."""

    policies: Mapping[str, Policy]
    firms: Mapping[str, Enterprise]
    people: Mapping[str, User]
    known: dict[str, Application]
    open: set[tuple[int, int, int | None]] = field(default_factory=set)


@dataclass(frozen=True)
class Said:
    """A row made out: which application, and who did what on which day."""

    version: PolicyVersion
    firm: Enterprise
    project: Project | None
    handler: User | None
    decider: User | None


class ApplicationsLedger(RowLedger[ApplicationBook]):
    """Applications by number."""

    key: str = "applications"
    title: Text = _("申报台账")
    thing: str = "policies.application"
    may: Thing = Thing.APPLICATION
    description: Text = _(
        "一行一件申报，按申报编号识别；政策先要发布。状态可填已提交、已受理、通过、不予通过、已撤回。"
        "已决定的要填决定人，且不能是经办人。已在系统里的申报不会被台账改动。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "number", "申报编号", Kind.CODE, ("编号",), required=True, max_length=30, example="2023-001"
        ),
        FieldSpec("policy", "政策编号", Kind.CODE, required=True, max_length=40, example="XC-2022-01"),
        FieldSpec("firm", "企业名称", aliases=("企业", "申报单位"), required=True, max_length=120),
        FieldSpec("project", "项目编号", Kind.CODE, max_length=40),
        FieldSpec("on", "申报日期", Kind.DATE, ("提交日期",), required=True, example="2023-03-06"),
        FieldSpec("requested_cny", "申请金额", Kind.MONEY, unit="万元", example="20"),
        FieldSpec("state", "状态", Kind.CHOICE, required=True, choices=STATES, example="已受理"),
        FieldSpec("accepted_on", "受理日期", Kind.DATE),
        FieldSpec("handler", "经办人", max_length=40),
        FieldSpec("decided_on", "决定日期", Kind.DATE),
        FieldSpec("decider", "决定人", max_length=40),
        FieldSpec("granted_cny", "核定金额", Kind.MONEY, unit="万元"),
        FieldSpec("reason", "理由", max_length=200),
        FieldSpec("contact", "联系人", max_length=40),
        FieldSpec("account", "收款账户", max_length=120),
        FieldSpec("note", "说明", aliases=("备注",), max_length=500),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "number": "2023-001",
            "policy": "2022-01",
            "firm": "示例科技有限公司",
            "on": "2023-03-06",
            "requested_cny": "20",
            "state": "已受理",
            "accepted_on": "2023-03-08",
        },
    )
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "policy_unknown": _("第 {row} 行政策“{found}”没有登记，或在申报日期没有发布。"),
        "firm_not_kept": _("第 {row} 行企业“{found}”没有登记。"),
        "person_not_kept": _("第 {row} 行“{found}”不在本辖区任职。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "policy_unknown": _("请先登记并发布这项政策，或核对编号和日期。"),
        "firm_not_kept": _("请先登记企业，或按全称或统一社会信用代码填写。"),
        "person_not_kept": _("请填写在任人员的姓名。"),
    }

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> ApplicationBook:
        """Read what the rows name, in few queries."""
        keys = {row.values["policy"] for row in rows}
        kept = Policy.objects.filter(zone=zone, key__in=keys).select_related("zone")
        numbers = {row.values["number"] for row in rows}
        known = Application.objects.filter(zone=zone, number__in=numbers)
        people: dict[str, User] = {}
        for person in officers_of(zone):
            people.setdefault(person.display_name, person)
        return ApplicationBook(
            zone,
            sites,
            policies={policy.key: policy for policy in kept},
            firms=firms_named(zone.pk, [row.values["firm"] for row in rows]),
            people=people,
            known={one.number: one for one in known},
        )

    def step(self, row: Row, book: ApplicationBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new application with its steps, or nothing where its number is known."""
        if row.values["number"] in book.known:
            return None
        said = _made_out(row, book)
        if isinstance(said, list):
            return said

        def foresee() -> None:
            _foresee(row, book, said)

        def write(source: Source) -> None:
            _write(row, said, source.actor)

        return Step(write, foresee)


def _made_out(row: Row, book: ApplicationBook) -> Said | list[Problem]:
    on: date = row.values["on"]
    problems: list[Problem] = []
    policy = book.policies.get(row.values["policy"])
    version = current_version(policy, on) if policy else None
    if version is None:
        problems.append(Problem("policy_unknown", row.values["policy"], "", {"field": "policy"}))
    firm = book.firms.get(row.values["firm"])
    if firm is None:
        problems.append(Problem("firm_not_kept", row.values["firm"], "", {"field": "firm"}))
    people: list[User | None] = []
    for name in ("handler", "decider"):
        word = row.values.get(name) or ""
        people.append(book.people.get(word))
        if word and word not in book.people:
            problems.append(Problem("person_not_kept", word, "", {"field": name}))
    if problems or version is None or firm is None:
        return problems
    project = None
    if code := row.values.get("project"):
        project = Project.objects.filter(zone=book.zone, code=code, enterprise=firm).first()
        if project is None:
            said = gettext("这家企业没有“%(name)s”这个项目。") % {"name": code}
            return [Problem("refused", data={"said": said})]
    return Said(version, firm, project, people[0], people[1])


def _foresee(row: Row, book: ApplicationBook, said: Said) -> None:
    """Refuse what the services would, and keep the application in mind for the rows that follow."""
    refuse_applied(said.version, said.firm, said.project)
    place = (said.version.pk, said.firm.pk, said.project.pk if said.project else None)
    state = row.values["state"]
    if place in book.open:
        raise WrongInput(field=gettext("企业"), why=gettext("这份台账里同一企业同一政策有两件在办的申报。"))
    checked_application({name: row.values.get(name) for name in ("requested_cny",)})
    if state in DECIDED:
        _refuse_half_decided(row, said, book.zone)
    application = Application(
        zone=book.zone, policy=said.version.policy, version_of=said.version, enterprise=said.firm, state=state
    )
    book.known[row.values["number"]] = application
    if state not in ("rejected", "withdrawn"):
        book.open.add(place)


def _refuse_half_decided(row: Row, said: Said, zone: Zone) -> None:
    if said.decider is None or not row.values.get("reason"):
        raise WrongInput(field=gettext("决定人"), why=gettext("已决定的申报要填决定人和理由。"))
    if said.decider == said.handler:
        raise WrongInput(field=gettext("决定人"), why=gettext("决定人不能是经办人。"))
    zones.require(said.decider, Verb.MANAGE, Thing.APPLICATION, zone)
    if row.values["state"] == "approved":
        if not row.values.get("granted_cny"):
            raise WrongInput(field=gettext("核定金额"), why=gettext("通过的申报要填核定金额。"))
        refuse_unreviewed(said.version)


def _write(row: Row, said: Said, actor: User | None) -> None:
    values, state = row.values, row.values["state"]
    on: date = values["on"]
    facts = {name: values[name] for name in FACTS if values.get(name) not in (None, "")}
    application = draft_application(
        actor=actor,
        version=said.version,
        enterprise=said.firm,
        project=said.project,
        on=on,
        number=values["number"],
        officer=said.handler,
        **facts,
    )
    same: dict[str, Any] = {"actor": actor, "application": application, "officer": said.handler}
    if state == ApplicationState.DRAFT:
        return
    steps.submit_application(**same, on=on, with_documents=False)
    if state == ApplicationState.WITHDRAWN:
        steps.withdraw_application(**same, reason=values.get("reason") or gettext("台账登记为已撤回"))
        return
    if state == ApplicationState.SUBMITTED:
        return
    steps.accept_application(**same, on=values.get("accepted_on") or on)
    if state not in DECIDED:
        return
    decided: dict[str, Any] = {
        "actor": actor,
        "application": application,
        "officer": said.decider,
        "reason": values["reason"],
        "on": values.get("decided_on") or values.get("accepted_on") or on,
    }
    if state == ApplicationState.APPROVED:
        steps.approve_application(**decided, amount_cny=Decimal(values["granted_cny"]))
    else:
        steps.reject_application(**decided)


APPLICATIONS = ApplicationsLedger()
