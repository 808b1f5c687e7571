"""证照台账: the documents of firms without their files, one row a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind

from ...models import DocumentKind, Enterprise, FirmDocument
from ..vault import add_document, checked_document, edit_document
from .known import family_of_each, parts_of
from .naming import FIRM_FIXES, FIRM_SENTENCES, Named, find_firms, problem

STEP = "写入材料"
FIELDS = ("title", "issuer", "valid_from", "valid_to", "note")
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What one row writes: the firm, the document it says something new of, and the one it replaces."""

    firm_id: int
    values: Mapping[str, Any]
    received_on: date | None
    document_id: int | None
    replaces_id: int | None


@dataclass(slots=True)
class _Read(Named):
    values: dict[str, Any] | None = None


class DocumentLedger:
    """Documents of firms by kind and number. A number that is known is put right, a new one is taken in."""

    key = "firm_documents"
    title: Text = _("证照台账")
    thing = "enterprises.firmdocument"
    description: Text = _(
        "一行一份材料：企业、种类、证号和有效期。文件在企业的“材料库”里补传；换发的新证写明旧证号。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "name", "企业名称", required=True, max_length=120, aliases=("单位名称", "公司名称", "企业全称")
        ),
        FieldSpec("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码", "社会信用代码")),
        FieldSpec(
            "kind",
            "材料种类",
            Kind.CHOICE,
            required=True,
            choices={str(label): value for value, label in DocumentKind.choices},
            aliases=("证照种类", "证照类型", "种类"),
            example="许可证",
        ),
        FieldSpec("title", "材料名称", max_length=80, aliases=("证照名称",)),
        FieldSpec(
            "number",
            "证号",
            Kind.CODE,
            required=True,
            max_length=60,
            aliases=("证号或文号", "文号", "证书编号"),
        ),
        FieldSpec("issuer", "发证单位", max_length=80, aliases=("发证或出具单位", "发证机关", "出具单位")),
        FieldSpec("valid_from", "有效期自", Kind.DATE, aliases=("发证日期", "起始日期")),
        FieldSpec("valid_to", "有效期至", Kind.DATE, aliases=("到期日期", "截止日期"), example="2028-06-30"),
        FieldSpec("forever", "长期有效", Kind.BOOL, example="是"),
        FieldSpec("received_on", "收到日期", Kind.DATE, aliases=("收件日期",)),
        FieldSpec("old_number", "替换旧证号", Kind.CODE, max_length=60, aliases=("原证号", "旧证号")),
        FieldSpec("note", "备注", max_length=200),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "kind": "许可证",
         "title": "排污许可证", "number": "示例许0001", "issuer": "示例生态环境局", "valid_from": "2023-07-01",
         "valid_to": "2028-06-30"},
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "kind": "营业执照",
         "number": "91990000000000010P", "issuer": "示例市场监管局", "forever": "是"},
    )  # fmt: skip
    sentences: Mapping[str, str] = {
        **FIRM_SENTENCES,
        "no_end_said": gettext_noop("第 {row} 行没有写明有效期至，也没有写长期有效。"),
        "two_ends_said": gettext_noop("第 {row} 行既写了有效期至“{found}”，又写了长期有效。"),
        "document_repeated": gettext_noop("第 {row} 行证号“{found}”与第 {first} 行是同一份材料。"),
        "old_number_unknown": gettext_noop("第 {row} 行旧证号“{found}”不在这家企业在用的同种材料中。"),
        "document_refused": gettext_noop("第 {row} 行：{said}"),
    }
    fixes: Mapping[str, str] = {
        **FIRM_FIXES,
        "no_end_said": gettext_noop("请填写有效期至，或在“长期有效”填“是”。"),
        "two_ends_said": gettext_noop("请只保留一项。"),
        "document_repeated": gettext_noop("请保留正确的一行。"),
        "old_number_unknown": gettext_noop("请核对旧证号，或留空。"),
        "document_refused": gettext_noop("请改正后再导入。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import documents into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.FIRM_DOCUMENT, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say for each row whether its document is new, put right, in the place of an older one, or known."""
        zone = Zone.objects.get(pk=scope)
        first: dict[Key, int] = {}
        for part in parts_of(rows):
            items = [_read(zone, row) for row in part]
            find_firms(zone, items)
            current, ended = _kept(items)
            for item in items:
                yield _outcome(zone, item, current, ended, first)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Take in, put right and replace documents, each through its service."""
        person = actor if isinstance(actor, User) else None
        for number, outcome in enumerate(outcomes):
            progress.say(STEP, number, len(outcomes))
            said: Said = outcome.data
            values = dict(said.values)
            if said.document_id is not None:
                document = FirmDocument.objects.get(pk=said.document_id)
                edit_document(
                    actor=person, document=document, **{name: values[name] for name in outcome.changes}
                )
                continue
            firm = Enterprise.objects.select_related("zone").get(pk=said.firm_id)
            replaces = FirmDocument.objects.get(pk=said.replaces_id) if said.replaces_id else None
            add_document(
                actor=person, enterprise=firm, received_on=said.received_on, replaces=replaces, **values
            )
        zone = Zone.objects.get(pk=scope)
        record_change(actor=actor, verb="import", rows=[zone], scope=scope, thing=self.thing, batch=batch.pk)
        progress.say(STEP, len(outcomes), len(outcomes))


def _read(zone: Zone, row: Row) -> _Read:
    said = row.values
    item = _Read(row, " ".join(said["name"].split()), said.get("credit_code") or "")
    if said.get("valid_to") and said.get("forever"):
        item.problem = problem("two_ends_said", "valid_to", said["valid_to"].isoformat())
    elif not said.get("valid_to") and not said.get("forever"):
        item.problem = problem("no_end_said", "valid_to", "")
    else:
        received = said.get("received_on")
        try:
            item.values = checked_document(zone, said)
            if received is not None and received > zones.today(zone):
                item.problem = problem(
                    "document_refused", "received_on", "", said=str(_("收到日期不能晚于今天。"))
                )
        except DomainError as error:
            item.problem = problem(
                "document_refused", str(error.data.get("name", "kind")), "", said=str(error)
            )
    return item


def _kept(items: Sequence[_Read]) -> tuple[dict[Key, FirmDocument], set[Key]]:
    """Return the documents in use of the firms of some rows, by firm, kind and number, and the keys of those ended."""
    of = family_of_each({item.firm.pk for item in items if item.firm is not None})
    current: dict[Key, FirmDocument] = {}
    ended: set[Key] = set()
    for document in FirmDocument.objects.filter(enterprise__in=of).exclude(number=""):
        key = (of[document.enterprise_id], document.kind, document.number)
        if document.state == FirmDocument.State.CURRENT:
            current[key] = document
        else:
            ended.add(key)
    return current, ended - current.keys()


def _outcome(
    zone: Zone,
    item: _Read,
    current: Mapping[Key, FirmDocument],
    ended: set[Key],
    first: dict[Key, int],
) -> Outcome:
    row, said = item.row, item.row.values
    if item.problem is not None or item.firm is None or item.values is None:
        return Outcome(row, "refused", problems=[item.problem] if item.problem else [])
    values = item.values
    key = (item.firm.pk, values["kind"], values["number"])
    if first.setdefault(key, row.number) != row.number:
        repeated = problem("document_repeated", "number", values["number"], first=first[key])
        return Outcome(row, "refused", problems=[repeated])
    known = current.get(key)
    # What a cell leaves blank never wipes what is kept; how long a document lasts is always said.
    given = [name for name in FIELDS if said.get(name) or name == "valid_to"]
    if known is not None:
        changes = {
            name: [getattr(known, name), values[name]]
            for name in given
            if getattr(known, name) != values[name]
        }
        data = Said(item.firm.pk, values, None, known.pk, None)
        return Outcome(row, "changed" if changes else "same", known.pk, changes=changes, data=data)
    if key in ended:
        return Outcome(row, "same")
    replaces = None
    if said.get("old_number"):
        old = current.get((item.firm.pk, values["kind"], said["old_number"]))
        received = said.get("received_on") or zones.today(zone)
        if old is None or received < old.received_on:
            unknown = problem("old_number_unknown", "old_number", said["old_number"])
            return Outcome(row, "refused", problems=[unknown])
        replaces = old.pk
    data = Said(item.firm.pk, values, said.get("received_on"), None, replaces)
    return Outcome(row, "new", data=data)
