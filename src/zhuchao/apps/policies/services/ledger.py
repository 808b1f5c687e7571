"""政策台账: one row a policy with its newest version; what is new becomes a draft that somebody else publishes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.services.row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Level, Policy, PolicyClause, PolicyVersion
from . import policies, versions

LEVELS = {
    **{str(level.label): level.value for level in Level},
    "国家级": "national",
    "省级": "province",
    "市级": "city",
    "区级": "district",
    "县": "district",
    "街道级": "subdistrict",
    "开发区": "district",
}
STATUSES = {str(status.label): status.value for status in PolicyVersion.SourceStatus}
HEAD = ("title", "level", "department", "industries", "audiences", "summary")
DAYS = ("effective_from", "effective_to", "window_open", "window_close", "decides_on", "pays_on")
SAID = (*DAYS, "document_no", "address", "verified_on", "source_status")
_WORDS = re.compile(r"[、,，;；/\s]+")


@dataclass
class Filed:
    """A policy as it is kept, or as the earlier rows of the file would leave it, with its newest version."""

    policy: Policy
    latest: PolicyVersion | None = None
    clauses: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class PolicyBook(Book):
    """The policies that rows are compared with, by key."""

    filed: dict[str, Filed]


class PoliciesLedger(RowLedger[PolicyBook]):
    """Policies with what they say now."""

    key: str = "policies"
    title: Text = _("政策台账")
    thing: str = "policies.policy"
    may: Thing = Thing.POLICY
    description: Text = _(
        "一行一项政策，按政策编号识别。条款写成“第一条 ……｜第二条 ……”。导入的是草稿，由另一人复核后发布；"
        "已发布的政策内容有变化的，写成新一版草稿。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "key", "政策编号", Kind.CODE, ("编号",), required=True, max_length=40, example="XC-2022-01"
        ),
        FieldSpec("title", "政策名称", aliases=("名称",), required=True, max_length=120),
        FieldSpec(
            "level", "层级", Kind.CHOICE, ("政策层级", "级别"), required=True, choices=LEVELS, example="市"
        ),
        FieldSpec("department", "主管部门", aliases=("部门", "发文单位"), required=True, max_length=60),
        FieldSpec("industries", "适用产业", max_length=200, example="智能制造、生物医药"),
        FieldSpec("audiences", "适用对象", max_length=200, example="小微企业、初创企业"),
        FieldSpec("summary", "摘要", max_length=500),
        FieldSpec("effective_from", "生效日期", Kind.DATE, required=True, example="2022-01-01"),
        FieldSpec("effective_to", "失效日期", Kind.DATE, ("有效期至",)),
        FieldSpec("window_open", "申报开始", Kind.DATE, ("申报开始日期",)),
        FieldSpec("window_close", "申报截止", Kind.DATE, ("申报截止日期",)),
        FieldSpec("decides_on", "公示日期", Kind.DATE),
        FieldSpec("pays_on", "拨付日期", Kind.DATE),
        FieldSpec("document_no", "文号", max_length=80),
        FieldSpec("address", "原文网址", max_length=300),
        FieldSpec("verified_on", "核实日期", Kind.DATE),
        FieldSpec("source_status", "来源核实", Kind.CHOICE, choices=STATUSES, example="未核实"),
        FieldSpec("clauses", "条款", aliases=("政策条款",), max_length=4000, example="第一条 对……给予奖励。"),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "key": "2022-01",
            "title": "示例企业研发奖励办法",
            "level": "区",
            "department": "经发局",
            "industries": "智能制造",
            "effective_from": "2022-01-01",
            "window_open": "2022-03-01",
            "window_close": "2022-04-30",
            "document_no": "示例发〔2022〕1号",
            "source_status": "未核实",
            "clauses": "第一条 对研发投入增长的企业给予奖励。",
        },
    )
    sentences: Mapping[str, Any] = SENTENCES
    fixes: Mapping[str, Any] = FIXES

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> PolicyBook:
        """Read the policies that the rows name, with their newest versions and the clauses of those."""
        keys = {row.values["key"] for row in rows}
        found = Policy.objects.select_related("zone").filter(zone=zone, key__in=keys)
        filed = {policy.pk: Filed(policy) for policy in found}
        for version in PolicyVersion.objects.filter(policy__in=filed).order_by("number"):
            filed[version.policy_id].latest = version
        newest = {one.latest.pk: one for one in filed.values() if one.latest is not None}
        clauses = PolicyClause.objects.filter(version__in=newest).order_by("position")
        for pk, number, text in clauses.values_list("version_id", "number", "text"):
            newest[pk].clauses.append((number, text))
        return PolicyBook(zone, sites, {one.policy.key: one for one in filed.values()})

    def step(self, row: Row, book: PolicyBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new policy with a draft, an edit, a draft of a new version, or nothing."""
        head = {name: row.values[name] for name in HEAD if row.values.get(name) is not None}
        for name in ("industries", "audiences"):
            if name in head:
                head[name] = [word for word in _WORDS.split(head[name]) if word]
        said = {name: row.values[name] for name in SAID if row.values.get(name) is not None}
        text = row.values.get("clauses")
        filed = book.filed.get(row.values["key"])
        if filed is None:
            return _new(book, row.values["key"], head, said, text)
        changes: dict[str, Sequence[Any]] = {
            name: [getattr(filed.policy, name), value]
            for name, value in head.items()
            if getattr(filed.policy, name) != value
        }
        try:
            news = _news(filed, said, text)
        except WrongInput as error:
            return [Problem("refused", data={"said": str(error)})]
        if not changes and not news:
            return None
        return _edit(filed, head, said, text, changes, news)


def _new(
    book: PolicyBook, key: str, head: Mapping[str, Any], said: Mapping[str, Any], text: str | None
) -> Step:
    """Return the step of a policy that is not filed yet."""

    def write(source: Source) -> None:
        made = policies.add_policy(actor=source.actor, zone=book.zone, key=key, **head)
        clauses = versions.read_clauses(text or "")
        versions.draft_version(actor=source.actor, policy=made, clauses=clauses, **said)

    def foresee() -> None:
        policy = Policy(zone=book.zone, key=key, **policies.checked(book.zone, dict(head)))
        filed = Filed(policy)
        _draft(filed, said, text, number=1)
        book.filed[key] = filed

    return Step(write, foresee)


def _edit(
    filed: Filed,
    head: Mapping[str, Any],
    said: Mapping[str, Any],
    text: str | None,
    changes: Mapping[str, Sequence[Any]],
    news: Mapping[str, Sequence[Any]],
) -> Step:
    """Return the step of a policy that is filed, or that an earlier row of the file enters."""

    def write(source: Source) -> None:
        policies.change_policy(actor=source.actor, policy=filed.policy, version=None, **head)
        if not news:
            return
        clauses = versions.read_clauses(text or versions.written(filed.clauses))
        if filed.latest is not None and not filed.latest.is_published:
            versions.change_version(
                actor=source.actor, draft=filed.latest, version=None, clauses=clauses, **said
            )
        else:
            versions.draft_version(actor=source.actor, policy=filed.policy, clauses=clauses, **said)

    def foresee() -> None:
        for name, value in policies.checked(filed.policy.zone, dict(head), but=filed.policy).items():
            setattr(filed.policy, name, value)
        if news:
            last = filed.latest
            opened = last is not None and not last.is_published
            _draft(filed, said, text, number=0 if last is None else last.number + (not opened), opened=opened)

    return Step(write, foresee, dict(changes) | dict(news), filed.policy.pk, is_known=True)


def _draft(
    filed: Filed, said: Mapping[str, Any], text: str | None, *, number: int, opened: bool = False
) -> None:
    """Keep in mind the draft that a row makes, or changes where one is ``opened``; refuse what a service would."""
    kept = {name: getattr(filed.latest, name) for name in SAID} if opened else {}
    version = PolicyVersion(
        zone=filed.policy.zone, policy=filed.policy, number=number, **kept | versions.tidy(dict(said))
    )
    versions.check_facts(version)
    clauses = versions.read_clauses(text) if text else filed.clauses
    versions.check_clauses(clauses)
    filed.latest, filed.clauses = version, clauses


def _news(filed: Filed, said: Mapping[str, Any], text: str | None) -> dict[str, Sequence[Any]]:
    """Return what a row says that the newest version does not, draft or published."""
    latest = filed.latest
    if latest is None:
        return {name: [None, value] for name, value in said.items()}
    news: dict[str, Sequence[Any]] = {
        name: [getattr(latest, name), value] for name, value in said.items() if getattr(latest, name) != value
    }
    if text and versions.read_clauses(text) != filed.clauses:
        news["clauses"] = [versions.written(filed.clauses), text]
    return news


POLICIES = PoliciesLedger()
