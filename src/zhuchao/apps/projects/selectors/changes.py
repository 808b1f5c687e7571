"""What was done to a project, in the words of a reader: fields by their names, rows by theirs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Change
from zhuchao.apps.core.models.changes import ChangedRow
from zhuchao.apps.core.wording import said_money
from zhuchao.apps.zones import selectors as zones

from ..models import Agreement, Covenant, Investment, Milestone, Project, Stage
from .projects import THING, Actor

MOST = 100

VERBS: dict[str, str | Promise] = {
    "add": _("新增"),
    "change": _("修改"),
    "hand_over": _("交接"),
    "record_stage": _("登记阶段"),
    "correct_stage": _("更正阶段"),
    "void_stage": _("作废阶段"),
    "plan": _("新增节点"),
    "replan": _("调整节点"),
    "meet": _("完成节点"),
    "remove_plan": _("删除节点"),
    "add_investment": _("登记投资"),
    "correct_investment": _("更正投资"),
    "void_investment": _("作废投资"),
    "set_plan": _("设定年度计划"),
    "label": _("添加标签"),
    "void_label": _("取消标签"),
    "add_to_batch": _("列入三个一批"),
    "convert_batch": _("批次转化"),
    "void_batch_place": _("移出批次"),
    "add_agreement": _("起草协议"),
    "change_agreement": _("修改协议"),
    "discard_agreement": _("删除协议草稿"),
    "review_agreement": _("登记公平竞争审查"),
    "void_agreement_review": _("作废公平竞争审查"),
    "sign_agreement": _("登记签订"),
    "amend_agreement": _("起草补充协议"),
    "end_agreement": _("终止协议"),
    "add_covenant": _("增加约定"),
    "change_covenant": _("修改约定"),
    "remove_covenant": _("删除约定"),
    "record_finding": _("认定履约"),
    "void_finding": _("作废认定"),
    "give_gate_evidence": _("登记阶段佐证"),
    "correct_gate_evidence": _("更正阶段佐证"),
    "void_gate_evidence": _("作废阶段佐证"),
    "draft_letter": _("拟提醒函"),
    "change_letter": _("修改提醒函"),
    "approve_letter": _("审核提醒函"),
    "send_letter": _("登记寄送"),
    "answer_letter": _("登记答复"),
    "drop_letter": _("不发提醒函"),
    "open_recheck": _("建立复核表"),
    "write_opinions": _("填写复核意见"),
    "sign_recheck": _("复核签字"),
    "drop_recheck": _("撤销复核表"),
    "import": _("导入"),
    "tie_works": _("关联建设项目"),
    "inspect": _("登记踏勘"),
    "correct_inspection": _("更正踏勘"),
    "void_inspection": _("作废踏勘"),
    "mark_place": _("标明项目位置"),
    "add_investor": _("登记投资方"),
    "correct_investor": _("更正投资方"),
    "void_investor": _("移除投资方"),
    "ask_green": _("申请绿色通道"),
    "grant_green": _("同意绿色通道"),
    "refuse_green": _("不同意绿色通道"),
    "end_green": _("结束绿色通道"),
    "add_bond": _("登记专项债申报"),
    "bond_step": _("登记专项债环节"),
    "void_bond_step": _("作废专项债环节"),
    "add_upgrade": _("登记技改设备"),
    "void_upgrade": _("作废技改设备"),
    "approve_investment": _("核定投资"),
    "withdraw_approval": _("撤回核定"),
}


@dataclass(frozen=True)
class ChangeLine:
    """One change of a project: who, when, what of it, and each field with its old and new value as people read them."""

    moment: datetime
    who: str
    verb: str
    said: str
    fields: tuple[tuple[str, str, str], ...]
    reason: str


def change_lines(actor: Actor, project: Project) -> list[ChangeLine]:
    """Return what was done to a project, newest first, to those who may read the change log."""
    touched = ChangedRow.objects.filter(thing=THING, row_id=project.pk).values("change_id")
    changes = list(zones.changes.visible_changes(actor).filter(pk__in=touched).order_by("-pk")[:MOST])
    names = _names(changes, project)
    return [
        ChangeLine(
            change.moment,
            change.actor_name or str(_("系统")),
            str(VERBS.get(change.verb, change.verb)),
            _said(change.data),
            tuple(_fields(change, project, names)),
            _why(change.data),
        )
        for change in changes
    ]


def _said(data: dict[str, Any]) -> str:
    """Return what an entry was about, from what the log keeps of it."""
    amount = data.get("amount_cny")
    parts = [
        Stage(data["stage"]).label if data.get("stage") in Stage.values else "",
        data.get("name", ""),
        Investment.Kind(data["kind"]).label if data.get("kind") in Investment.Kind.values else "",
        data.get("batch", "") if isinstance(data.get("batch"), str) else data.get("file", ""),
        data.get("label", ""),
        data.get("year", ""),
        said_money(Decimal(str(amount[-1] if isinstance(amount, list) else amount)), "万元")
        if amount
        else "",
        data.get("on") or data.get("planned_on") or "",
    ]
    return " · ".join(str(part) for part in parts if part)


def _why(data: dict[str, Any]) -> str:
    return str(data.get("reason") or data.get("override_reason") or data.get("distinct_reason") or "")


def _fields(
    change: Change, project: Project, names: dict[type[models.Model], dict[int, str]]
) -> Iterable[tuple[str, str, str]]:
    for name, pair in _changed(change, project).items():
        field = _field(name)
        if field is not None and field.editable and len(pair) == 2:
            old, new = (_shown(field, value, names) for value in pair)
            yield str(field.verbose_name), old, new


def _changed(change: Change, project: Project) -> dict[str, Any]:
    """Return {field: [old, new]} of an edit, or of this project's row in an import."""
    found = change.data.get("changed")
    if not isinstance(found, dict):
        found = change.data.get("changes", {}).get(str(project.pk), {})
    return found


def _field(name: str) -> "models.Field[Any, Any] | None":
    for model in (Project, Milestone, Agreement, Covenant):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, models.Field):
            return field
    return None


def _shown(
    field: "models.Field[Any, Any]", value: Any, names: dict[type[models.Model], dict[int, str]]
) -> str:
    if value is None or value == "":
        return ""
    if isinstance(field, models.ForeignKey):
        return names.get(field.related_model, {}).get(value, str(value))
    if isinstance(field, models.DecimalField):
        return said_money(Decimal(str(value)), "万元")
    return str(dict(field.flatchoices).get(value, value))


def _names(changes: Iterable[Change], project: Project) -> dict[type[models.Model], dict[int, str]]:
    """Return the names of the rows that the changes point to: one query a kind of row."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for change in changes:
        for name, pair in _changed(change, project).items():
            field = _field(name)
            if isinstance(field, models.ForeignKey):
                wanted[field.related_model].update(pk for pk in pair if isinstance(pk, int))
    return {
        model: {pk: str(row) for pk, row in model._default_manager.in_bulk(ids).items()}
        for model, ids in wanted.items()
    }
