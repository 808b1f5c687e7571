"""企业台账: what it may say, and which firm a row means."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.wording import listed, quoted
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_by_name
from zhuchao.engines import EngineError
from zhuchao.engines.identity import check_credit_code, normal_name
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ...models import Contact, Enterprise, EnterpriseTag
from ...models.industries import IndustryCodeUnknown, read_industry_code
from .known import Firm, firms_known, parts_of
from .similar import similar_names
from .understood import Understood
from .writing import Plan, say_contact, write_outcomes

_SEPARATORS = re.compile(r"[、,，;；/|\s]+")
_STATES = {
    **{str(label): value for value, label in Enterprise.State.choices},
    **dict.fromkeys(("存续", "在业", "开业", "正常", "经营"), Enterprise.State.OPERATING.value),
    **dict.fromkeys(("筹备", "拟设立"), Enterprise.State.PREPARING.value),
    **dict.fromkeys(("歇业", "停产"), Enterprise.State.SUSPENDED.value),
    "迁离": Enterprise.State.MOVED_OUT.value,
    "已注销": Enterprise.State.DEREGISTERED.value,
    "已吊销": Enterprise.State.REVOKED.value,
}


class EnterpriseLedger:
    """A zone's list of firms. A row means the firm with its code, else its old number, else its normal name."""

    key = "enterprises"
    title: Text = _("企业台账")
    thing = "enterprises.enterprise"
    description: Text = _(
        "企业的身份、行业、状态、联系人和标签。按统一社会信用代码对应，没有代码的按原注册号或名称对应；"
        "空白不会清除已有内容。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "name", "企业名称", required=True, max_length=120, aliases=("单位名称", "公司名称", "企业全称"),
            example="苏州示例科技有限公司",
        ),
        FieldSpec(
            "credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码", "社会信用代码"),
            example="91990000000000010P",
        ),
        FieldSpec("legacy_reg_no", "原注册号", Kind.CODE, aliases=("注册号", "工商注册号"), max_length=30),
        FieldSpec(
            "industry_code", "国民经济行业代码", Kind.CODE, aliases=("行业代码", "国民经济行业"), max_length=60,
            example="C3962",
        ),
        FieldSpec("sector", "所属产业", aliases=("产业领域", "产业", "产业类别"), max_length=40),
        FieldSpec("state", "状态", Kind.CHOICE, aliases=("企业状态", "经营状态", "登记状态"), choices=_STATES),
        FieldSpec("is_above_scale", "规上", Kind.BOOL, aliases=("是否规上", "规上企业", "规模以上")),
        FieldSpec(
            "established_on", "成立日期", Kind.DATE, aliases=("注册日期", "成立时间", "设立日期"),
            earliest=date(1840, 1, 1), month_allowed=True, example="2018-05-04",
        ),
        FieldSpec(
            "registered_capital_cny", "注册资本", Kind.MONEY, unit="万元", aliases=("注册资金",), minimum=None,
            example="1000",
        ),
        FieldSpec("legal_person", "法定代表人", aliases=("法人", "法人代表"), max_length=60),
        FieldSpec("address", "地址", aliases=("注册地址", "经营地址", "住所"), max_length=200),
        FieldSpec("business", "主营业务", aliases=("主营产品", "主要产品", "经营范围"), max_length=300),
        FieldSpec("contact", "联系人", aliases=("企业联系人",), max_length=40),
        FieldSpec("phone", "联系电话", Kind.PHONE, aliases=("电话", "手机", "联系方式"), max_length=30),
        FieldSpec("tags", "标签", aliases=("企业标签", "资质"), max_length=120, example="龙头、总部"),
        FieldSpec("tag_source", "标签来源", max_length=120, example="市工信局 2023 年度认定名单"),
    )  # fmt: skip
    examples: Sequence[Mapping[str, Any]] = (
        {
            "name": "苏州示例科技有限公司",
            "credit_code": "91990000000000010P",
            "industry_code": "C3962",
            "state": "在营",
            "is_above_scale": "是",
            "established_on": "2018-05-04",
            "registered_capital_cny": "1000",
            "contact": "张三",
            "phone": "13812341234",
            "tags": "龙头、总部",
            "tag_source": "市工信局 2023 年度认定名单",
        },
    )
    sentences: Mapping[str, str] = {
        "industry_unknown": gettext_noop(
            "第 {row} 行{label}“{found}”不是国民经济行业代码（GB/T 4754-2017）。"
        ),
        "sector_unknown": gettext_noop("第 {row} 行{label}“{found}”不在本辖区的产业体系中。"),
        "not_yet": gettext_noop("第 {row} 行{label} {found} 晚于今天。"),
        "tag_source_missing": gettext_noop("第 {row} 行有标签“{found}”，但没有写明来源。"),
        "tag_too_long": gettext_noop("第 {row} 行标签“{found}”超过 30 个字。"),
        "code_in_number": gettext_noop("第 {row} 行{label}填的是 18 位统一社会信用代码。"),
        "code_differs": gettext_noop("第 {row} 行{label}为 {found}，库中“{candidate}”的代码为 {expected}。"),
        "name_ambiguous": gettext_noop("第 {row} 行“{found}”对应库中多家企业：{candidates}。"),
        "former_name": gettext_noop("第 {row} 行“{found}”是库中“{candidate}”的曾用名。"),
        "enterprise_similar": gettext_noop("第 {row} 行“{found}”与{where}“{candidate}”名称相近（{why}）。"),
        "row_repeated": gettext_noop("第 {row} 行“{found}”与第 {first} 行是同一家企业，但内容不同。"),
    }
    fixes: Mapping[str, str] = {
        "industry_unknown": gettext_noop("请填写如 C3962 的代码。{hint}"),
        "sector_unknown": gettext_noop("可选：{expected}。"),
        "not_yet": gettext_noop("请核对日期，不应晚于 {expected}。"),
        "tag_source_missing": gettext_noop("请在“标签来源”列写明由谁在何时认定。"),
        "tag_too_long": gettext_noop("请缩短，或用顿号分成几个标签。"),
        "code_in_number": gettext_noop("请填在“统一社会信用代码”列。"),
        "code_differs": gettext_noop("请核对营业执照；如库中有误，请先在企业档案中改正。"),
        "name_ambiguous": gettext_noop("请填写统一社会信用代码。"),
        "former_name": gettext_noop("请改用现名，或填写统一社会信用代码。"),
        "enterprise_similar": gettext_noop("如是同一家，请改用一致的名称；如不是，请填写统一社会信用代码。"),
        "row_repeated": gettext_noop("请合并成一行。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import firms into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.ENTERPRISE, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say for each row which firm it means and what it would change; a similar name is never taken for it."""
        zone = Zone.objects.get(pk=scope)
        reader, first = _Reader(zone), _First()
        sectors = dict(Sector.objects.filter(zone=zone).values_list("pk", "name"))
        fresh: list[Understood] = []
        for part in parts_of(rows):
            items = [reader.read(row) for row in part]
            for item, outcome in _outcomes(items, _firms_meant(zone, items), first, sectors):
                if outcome.state == "new":
                    fresh.append(item)
                if outcome.state != "new" or item.has_number:
                    yield outcome
        yield from _unless_similar(zone, fresh)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write new firms with their names, contacts and tags, and change those that are there."""
        write_outcomes(scope=scope, actor=actor, batch=batch, outcomes=outcomes, progress=progress)


class _Reader:
    """Reads rows of one zone on one day."""

    def __init__(self, zone: Zone) -> None:
        self.today = zones.today(zone)
        self.sectors = sectors_by_name(zone, self.today)

    def read(self, row: Row) -> Understood:
        """Return a row as it is understood, or with the first problem found."""
        values = row.values
        name = " ".join(values["name"].split())
        code, legacy = values.get("credit_code") or "", values.get("legacy_reg_no") or ""
        if len(code) == 15:
            code, legacy = "", legacy or code
        item = Understood(row, name, normal_name(name), code, legacy)
        tags = values.get("tags")
        if tags:
            item.tags = tuple(dict.fromkeys(tag for tag in _SEPARATORS.split(tags) if tag))
        item.problem = (
            self._check_legacy(item)
            or self._check_industry(item)
            or self._check_sector(item)
            or self._check_rest(item)
        )
        return item

    def _check_legacy(self, item: Understood) -> Problem | None:
        if not item.legacy:
            return None
        try:
            checked = check_credit_code(item.legacy)
        except EngineError as error:
            rest = dict(error.data)
            found, expected = str(rest.pop("found", item.legacy)), str(rest.pop("expected", ""))
            return _problem(error.code, "legacy_reg_no", found, expected, **rest)
        if not checked.is_legacy:
            return _problem("code_in_number", "legacy_reg_no", item.legacy)
        item.legacy = checked.code
        return None

    def _check_industry(self, item: Understood) -> Problem | None:
        given = item.row.values.get("industry_code")
        if not given:
            return None
        try:
            item.industry = read_industry_code(given)
        except IndustryCodeUnknown as error:
            hint = f"门类应为 {error.right}。" if error.right else ""
            return _problem("industry_unknown", "industry_code", given, error.right, hint=hint)
        return None

    def _check_sector(self, item: Understood) -> Problem | None:
        given = item.row.values.get("sector")
        if not given:
            return None
        item.sector = self.sectors.get(given)
        if item.sector is None:
            return _problem("sector_unknown", "sector", given, listed(self.sectors) or "—")
        return None

    def _check_rest(self, item: Understood) -> Problem | None:
        day = item.row.values.get("established_on")
        if day is not None and day > self.today:
            return _problem("not_yet", "established_on", str(day), str(self.today))
        capital = item.row.values.get("registered_capital_cny")
        if capital is not None and capital < 0:
            return _problem("negative", "registered_capital_cny", str(capital))
        if item.tags and not item.source:
            return _problem("tag_source_missing", "tags", "、".join(item.tags))
        too_long = next((tag for tag in item.tags if len(tag) > 30), None)
        return _problem("tag_too_long", "tags", too_long) if too_long else None


def _problem(code: str, field_name: str, found: str, expected: str = "", **data: Any) -> Problem:
    return Problem(code, found, expected, {**data, "field": field_name})


def _firms_meant(zone: Zone, items: Sequence[Understood]) -> list[Firm | None]:
    """Return the firm each row means, None for a new one; a row that is not clear gets its problem."""
    known = firms_known(
        zone.pk,
        codes={item.code for item in items},
        legacies={item.legacy for item in items},
        normals={item.normal for item in items},
        names={item.name for item in items},
    )
    answer: list[Firm | None] = []
    for item in items:
        firm = None
        if item.problem is None:
            firm = known.by_code.get(item.code) if item.code else None
            firm = firm or (known.by_legacy.get(item.legacy) if item.legacy else None)
            firm = firm or _by_name(
                item, known.by_normal.get(item.normal, ()), known.by_former.get(item.name, ())
            )
        another = firm is not None and item.code and firm.credit_code not in ("", item.code)
        if another and firm is not None and known.by_code.get(item.code) is not firm:
            item.problem = _problem(
                "code_differs", "credit_code", item.code, firm.credit_code, candidate=firm.name
            )
            firm = None
        answer.append(firm)
    return answer


def _by_name(item: Understood, normals: Iterable[Firm], formers: Iterable[Firm]) -> Firm | None:
    """Return the firm a name means. A firm with another code is another firm unless its whole name is the same."""
    firms = [
        firm
        for firm in normals
        if not (item.code and firm.credit_code)
        or firm.credit_code == item.code
        or _same(firm.name, item.name)
    ]
    if len(firms) > 1:
        exact = [firm for firm in firms if _same(firm.name, item.name)]
        if len(exact) != 1:
            candidates = listed(quoted(firm.name) for firm in firms[:5])
            item.problem = _problem("name_ambiguous", "name", item.name, candidates=candidates)
            return None
        firms = exact
    if firms:
        return firms[0]
    for firm in formers:
        if not (item.code and firm.credit_code):
            item.problem = _problem("former_name", "name", item.name, candidate=firm.name)
            return None
    return None


def _same(one: str, other: str) -> bool:
    """Return whether two names are one but for width and spaces."""
    return one == other or _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(name.replace("（", "(").replace("）", ")").split())


class _First:
    """Which row was the first to speak of a firm: a later one must say the same."""

    def __init__(self) -> None:
        self._rows: dict[Any, Row] = {}

    def before(self, item: Understood, firm: Firm | None) -> Row | None:
        """Return the earlier row that means the same firm, and keep this one where there is none."""
        numbers: set[Any] = {key for key in (item.code, item.legacy) if key}
        keys = {firm.pk} if firm else numbers or {("name", item.normal)}
        earlier = next((self._rows[key] for key in keys if key in self._rows), None)
        if earlier is None:
            self._rows |= dict.fromkeys(keys, item.row)
        return earlier


def _outcomes(
    items: Sequence[Understood], meant: Sequence[Firm | None], first: _First, sectors: Mapping[int, str]
) -> Iterator[tuple[Understood, Outcome]]:
    """Give what each row would do; whether a new name is too much like another is asked afterwards."""
    pks = [firm.pk for firm in meant if firm is not None]
    contacts: dict[int, list[tuple[int, str, str]]] = {}
    tags: set[tuple[int, str, str]] = set()
    if pks and any(item.contact != ("", "") for item in items):
        known = Contact.objects.filter(enterprise__in=pks)
        for pk, firm_id, name, phone in known.values_list("pk", "enterprise_id", "name", "phone"):
            contacts.setdefault(firm_id, []).append((pk, name, phone))
    if pks and any(item.tags for item in items):
        standing = EnterpriseTag.objects.live().filter(enterprise__in=pks)
        tags = set(standing.values_list("enterprise_id", "tag", "source"))
    for item, firm in zip(items, meant, strict=True):
        if item.problem is None:
            earlier = first.before(item, firm)
            if earlier is not None and earlier.values == item.row.values:
                yield item, Outcome(item.row, "same", row_id=firm.pk if firm else None)
                continue
            if earlier is not None:
                item.problem = _problem("row_repeated", "name", item.name, first=earlier.number)
        if item.problem is not None:
            yield item, Outcome(item.row, "refused", problems=[item.problem])
        elif firm is None:
            yield item, Outcome(item.row, "new", data=item)
        else:
            yield item, _compared(item, firm, contacts.get(firm.pk, []), tags, sectors)


def _unless_similar(zone: Zone, fresh: Sequence[Understood]) -> Iterator[Outcome]:
    """Give the new firms without a number; one whose name is nearly that of another is refused: a person decides."""
    unsure = {place: (item.name, item.normal) for place, item in enumerate(fresh) if not item.has_number}
    if not unsure:
        return
    others = ((place, item.name, item.normal) for place, item in enumerate(fresh))
    similar = similar_names(zone.pk, unsure, others)
    for place in unsure:
        item, match = fresh[place], similar.get(place)
        if match is None:
            yield Outcome(item.row, "new", data=item)
            continue
        where = (
            _("库中") if match.place is None else _("第 {row} 行").format(row=fresh[match.place].row.number)
        )
        problem = _problem(
            "enterprise_similar", "name", item.name, candidate=match.name, where=where, why=match.why
        )
        yield Outcome(item.row, "refused", problems=[problem])


def _compared(
    item: Understood,
    firm: Firm,
    contacts: Sequence[tuple[int, str, str]],
    tags: set[tuple[int, str, str]],
    sectors: Mapping[int, str],
) -> Outcome:
    """Return what a row would change of a firm that is there."""
    kept: dict[str, Any] = {}
    changes: dict[str, Sequence[Any]] = {}
    said = item.said()
    if item.code and item.code == firm.credit_code and not _same(item.name, firm.name):
        said |= {"name": item.name, "normal_name": item.normal}
    for name, value in said.items():
        old = getattr(firm, name)
        if value != old:
            kept[name] = value
            if name == "sector_id":
                changes["sector"] = [sectors.get(old or 0), sectors.get(value)]
            elif name != "normal_name":
                changes[name] = [old, value]
    contact, told = say_contact(item.contact, contacts)
    fresh = tuple(tag for tag in item.tags if (firm.pk, tag, item.source) not in tags)
    changes |= told
    if fresh:
        changes["tags"] = [None, "、".join(fresh)]
    if not changes:
        return Outcome(item.row, "same", row_id=firm.pk)
    plan = Plan(firm.pk, kept, contact, fresh, item.source)
    return Outcome(item.row, "changed", row_id=firm.pk, changes=changes, data=plan)
