"""送政策台账: one row a firm that was told of a policy on a day; a receipt that came later replaces the entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.premises.services.row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Policy, PolicyTelling, PolicyVersion
from ..selectors import counted_on
from .tellings import correct_telling, refuse_future, tell_firms, told_version

WAYS = {
    **{str(way.label): way.value for way in PolicyTelling.Way},
    "走访": "visit",
    "上门宣传": "visit",
    "会议": "meeting",
    "宣讲": "meeting",
    "微信": "message",
    "短信": "message",
}
SAID = ("occasion", "person", "receipt")

Key = tuple[int, int, date, str]


@dataclass
class Told:
    """An entry in force, or what an earlier row of the file would write; ``entry`` None for the latter."""

    entry: PolicyTelling | None
    said: dict[str, str]


@dataclass
class TellingBook(Book):
    """The policies and firms that the rows name, and who was told already."""

    policies: dict[str, Policy | None]
    versions: dict[int, list[PolicyVersion]]
    firms: Mapping[str, Enterprise]
    lookups: Lookups
    told: dict[Key, Told] = field(default_factory=dict)


class TellingsLedger(RowLedger[TellingBook]):
    """Who was told of which policy."""

    key: str = "policy_tellings"
    title: Text = _("送政策台账")
    thing: str = "policies.policytelling"
    may: Thing = Thing.OUTREACH
    description: Text = _(
        "宣传和走访的台账：一行一家企业、一项政策、一天、一种方式。已登记的再导一次没有变化；补了回执、接待人或场次的，更正原条目。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "happened_on",
            "日期",
            Kind.DATE,
            ("宣传日期", "走访日期", "告知日期"),
            required=True,
            example="2022-06-01",
        ),
        FieldSpec(
            "policy",
            "政策",
            aliases=("政策名称", "政策编号"),
            required=True,
            max_length=120,
            example="2022-01",
        ),
        FieldSpec(
            "firm",
            "企业",
            aliases=("企业名称", "统一社会信用代码"),
            required=True,
            max_length=120,
            example="示例科技有限公司",
        ),
        FieldSpec("way", "方式", Kind.CHOICE, ("宣传方式",), required=True, choices=WAYS, example="上门"),
        FieldSpec("officer", "告知人", aliases=("宣传人", "走访人"), max_length=40),
        FieldSpec("occasion", "场次", aliases=("活动名称",), max_length=60),
        FieldSpec("person", "企业接待人", aliases=("接待人",), max_length=40),
        FieldSpec("receipt", "回执", aliases=("签收",), max_length=100),
        FieldSpec("evidence_note", "依据", max_length=200),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "happened_on": "2022-06-01",
            "policy": "2022-01",
            "firm": "示例科技有限公司",
            "way": "上门",
            "person": "王示例",
            "receipt": "王示例签收",
        },
    )
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "policy_unknown": _("第 {row} 行政策“{found}”没有登记，或不止一项叫这个名称。"),
        "firm_unknown": _("第 {row} 行企业“{found}”没有登记。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "policy_unknown": _("请填写政策编号，或与政策索引一致的名称。"),
        "firm_unknown": _("请先在企业名录登记，或填写全称、统一社会信用代码。"),
    }

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> TellingBook:
        """Read the policies with their published versions, the firms, and the entries in force of both."""
        named = {row.values["policy"] for row in rows}
        policies = _policies_named(zone, named)
        ids = [policy.pk for policy in policies.values() if policy is not None]
        versions: dict[int, list[PolicyVersion]] = {}
        for version in PolicyVersion.objects.filter(
            policy__in=ids, state=PolicyVersion.State.PUBLISHED
        ).order_by("-number"):
            versions.setdefault(version.policy_id, []).append(version)
        firms = firms_named(zone.pk, [row.values["firm"] for row in rows])
        book = TellingBook(zone, sites, policies, versions, firms, Lookups(zone))
        kept = PolicyTelling.objects.live().filter(
            policy__in=ids, enterprise__in={firm.pk for firm in firms.values()}
        )
        for entry in kept.select_related("zone", "policy__zone"):
            key = (entry.policy_id, entry.enterprise_id, entry.happened_on, entry.way)
            book.told[key] = Told(entry, {name: getattr(entry, name) for name in SAID})
        return book

    def step(self, row: Row, book: TellingBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new entry, one that says more, or nothing."""
        values, problems = row.values, list[Problem]()
        policy, firm = book.policies.get(values["policy"]), book.firms.get(values["firm"])
        officer = book.lookups.person(values, "officer", problems)
        if policy is None:
            problems.append(Problem("policy_unknown", values["policy"], "", {"field": "policy"}))
        if firm is None:
            problems.append(Problem("firm_unknown", values["firm"], "", {"field": "firm"}))
        if problems or policy is None or firm is None:
            return problems
        said = {name: values[name].strip() for name in SAID if values.get(name)}
        key = (policy.pk, firm.pk, values["happened_on"], values["way"])
        told = book.told.get(key)
        if told is None:
            return _new(book, key, policy, firm, officer, values)
        news = {name: value for name, value in said.items() if told.said[name] != value}
        return _more(told, news) if news else None


def _new(
    book: TellingBook,
    key: Key,
    policy: Policy,
    firm: Enterprise,
    officer: User | None,
    values: Mapping[str, Any],
) -> Step:
    said = {name: (values.get(name) or "").strip() for name in SAID}

    def write(source: Source) -> None:
        tell_firms(
            actor=source.actor,
            policy=policy,
            enterprises=[firm],
            way=values["way"],
            on=values["happened_on"],
            officer=officer,
            evidence_note=values.get("evidence_note") or "",
            occasion=said["occasion"],
            person=said["person"],
            receipt=said["receipt"],
            batch=source.batch,
            batch_row=source.row,
        )

    def foresee() -> None:
        day = values["happened_on"]
        refuse_future(policy, day)
        told_version(policy, counted_on(book.versions.get(policy.pk, []), day), day)
        book.told[key] = Told(None, said)

    return Step(write, foresee)


def _more(told: Told, news: dict[str, str]) -> Step:
    changes: dict[str, Sequence[Any]] = {name: [told.said[name], value] for name, value in news.items()}

    def write(source: Source) -> None:
        if told.entry is not None:
            correct_telling(actor=source.actor, entry=told.entry, reason=gettext("导入台账补充"), **news)

    def foresee() -> None:
        told.said |= news

    return Step(write, foresee, changes, told.entry.pk if told.entry else None, is_known=True)


def _policies_named(zone: Zone, texts: set[str]) -> dict[str, Policy | None]:
    """Return the policy that each text means, by key and else by a title that only one has; None where none."""
    found: dict[str, Policy | None] = {}
    for policy in Policy.objects.select_related("zone").filter(zone=zone, title__in=texts):
        found[policy.title] = None if policy.title in found else policy
    for policy in Policy.objects.select_related("zone").filter(zone=zone, key__in=texts):
        found[policy.key] = policy
    return found


TELLINGS = TellingsLedger()
