"""What people fill in for gates: the evidence that they ask for, the rules that ask for it, the windows of statistics."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, ZForm

from ..models import GateItem, GateRule, SourceStatus, Stage, StatWindow
from ..selectors import GateStand, ItemStand
from ..services import ItemSaid
from . import day, text, year

SPARE_ROWS = 3
MOST_NUMBER = 60


class EvidenceForm(ZForm):
    """What a project has for each item of a gate: a number or a word, and a file."""

    on = day(_("日期"), help_text=_("材料的日期，不填为今天"), required=False)

    def __init__(self, *args: Any, stand: GateStand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand = stand
        self.add_items()

    def add_items(self) -> None:
        """Add two controls an item, in a group of its own that says what is there already."""
        groups: list[tuple[Any, Iterable[str]]] = []
        for place, one in enumerate(self.stand.items):
            names = []
            if one.item.accepts != GateItem.Accepts.FILE:
                self.fields[f"text{place}"] = text(_label(one), 200, help_text=_help(one))
                names.append(f"text{place}")
            self.fields[f"file{place}"] = EvidenceField(
                label=_("文件"), help_text=_help(one) if one.item.accepts == GateItem.Accepts.FILE else ""
            )
            names.append(f"file{place}")
            groups.append((_title(one), names))
        self.groups = (*groups, *self.groups)

    def given(self) -> list[tuple[str, str, str, Any]]:
        """Return item, number, word and uploaded file of each item that something was given for."""
        found = []
        for place, one in enumerate(self.stand.items):
            said = self.cleaned_data.get(f"text{place}", "").strip()
            file = self.cleaned_data.get(f"file{place}")
            is_number = one.item.accepts == GateItem.Accepts.NUMBER or bool(one.item.number_label)
            number = said if is_number and len(said) <= MOST_NUMBER else ""
            if said or file:
                found.append((one.item.name, number, "" if number else said, file))
        return found


class StageForm(EvidenceForm):
    """A gate that a project passed, with what it asks for."""

    stage = forms.ChoiceField(label=_("阶段"), choices=Stage.choices, widget=forms.HiddenInput)
    on = day(_("日期"), help_text=_("实际发生的日期，不是登记的日期"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200, help_text=_("如 施工许可证编号、签约新闻链接"))
    override_reason = text(
        _("越阶或缺证理由"), 200, help_text=_("前面的阶段没有登记，或必备材料不齐时必填，会永久保留")
    )

    def __init__(self, *args: Any, stand: GateStand, **kwargs: Any) -> None:
        super().__init__(*args, stand=stand, **kwargs)
        if stand.items:
            del self.fields["evidence"], self.fields["evidence_note"]
        # The day first, then what the gate asks for, the way round it last.
        self.groups = (
            (_("日期"), ("on",)),
            *self.groups,
            ("", ("evidence", "evidence_note", "override_reason")),
        )


def _title(one: ItemStand) -> str:
    need = gettext("必备") if one.item.is_required else gettext("可选")
    return gettext("%(name)s（%(need)s）") % {"name": one.item.name, "need": need}


def _label(one: ItemStand) -> str:
    if one.item.accepts == GateItem.Accepts.NUMBER:
        return one.item.number_label or gettext("编号")
    return gettext("%(label)s或说明") % {"label": one.item.number_label or gettext("编号")}


def _help(one: ItemStand) -> str:
    given = one.given
    if given is None:
        return ""
    said = given.number or given.evidence_note or (given.evidence.name if given.evidence else "")
    return gettext("已有：%(said)s（%(day)s）；再填就更新") % {
        "said": said,
        "day": given.happened_on.isoformat(),
    }


class EvidenceCorrectForm(ZForm):
    """What was given for an item should have said, and why it did not."""

    happened_on = day(_("日期"))
    number = text(_("编号"), 60)
    evidence_note = text(_("佐证说明"), 200)
    evidence = EvidenceField()
    reason = text(_("更正原因"), 200, required=True)


class GateRuleForm(ZForm):
    """What a gate asks for from a day on: a row of controls an item, a name left blank leaves it out."""

    since = day(_("生效日期"), help_text=_("这一天及以后到达该阶段的项目按此要求；以前的版本保留"))
    guidance = text(_("办理提示"), 500, lines=3)
    uses_checks = forms.BooleanField(
        label=_("要求系统内的复核或评价记录"),
        required=False,
        help_text=_("如 复核验收表、达效评价，由项目的“约定”页签产生"),
    )
    basis = text(_("依据"), 200, help_text=_("如 文号、会议纪要"))
    reason = text(_("更正原因"), 200, help_text=_("生效日期与已有版本相同时必填，原版本保留"))

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        groups: list[tuple[Any, Iterable[str]]] = [(_("要求"), ("since", "guidance", "uses_checks", "basis"))]
        for place in range(rows):
            names = [
                f"{name}{place}"
                for name in ("name", "accepts", "required", "number_label", "source", "status")
            ]
            self.fields |= {
                names[0]: text(_("材料名称"), 60),
                names[1]: forms.ChoiceField(
                    label=_("形式"), choices=GateItem.Accepts.choices, required=False
                ),
                names[2]: forms.BooleanField(label=_("必备"), required=False),
                names[3]: text(_("编号名称"), 30, help_text=_("如 施工许可证号")),
                names[4]: text(_("依据"), 200),
                names[5]: forms.ChoiceField(
                    label=_("依据核实情况"), choices=SourceStatus.choices, required=False
                ),
            }
            groups.append((_("第 %(n)d 项材料") % {"n": place + 1}, names))
        self.groups = (*groups, (_("更正原因"), ("reason",)))

    def items(self) -> list[ItemSaid]:
        """Return the items whose names are filled in."""
        said = self.cleaned_data
        return [
            ItemSaid(
                name=said[f"name{place}"],
                accepts=said[f"accepts{place}"] or GateItem.Accepts.ANY.value,
                is_required=said[f"required{place}"],
                number_label=said[f"number_label{place}"],
                basis=said[f"source{place}"],
                source_status=said[f"status{place}"] or SourceStatus.UNVERIFIED.value,
            )
            for place in range(self.rows)
            if said[f"name{place}"].strip()
        ]

    @staticmethod
    def of(rule: GateRule | None) -> dict[str, Any]:
        """Return what a rule says, for filling in."""
        found: dict[str, Any] = {
            "guidance": rule.guidance if rule else "",
            "uses_checks": rule is None or rule.uses_checks,
        }
        for place, item in enumerate(rule.items.all() if rule else ()):
            found |= {
                f"name{place}": item.name,
                f"accepts{place}": item.accepts,
                f"required{place}": item.is_required,
                f"number_label{place}": item.number_label,
                f"source{place}": item.basis,
                f"status{place}": item.source_status,
            }
        return found


class StatWindowForm(ZForm):
    """The days of a month on which statistics take projects in."""

    month = day(_("月份"), help_text=_("该月任一天"))
    opens_on = day(_("开始日期"))
    closes_on = day(_("截止日期"))
    note = text(_("说明"), 200)
    source_status = forms.ChoiceField(
        label=_("依据核实情况"), choices=SourceStatus.choices, initial=SourceStatus.UNVERIFIED
    )

    @staticmethod
    def of(window: StatWindow) -> dict[str, Any]:
        """Return what a window says, for filling in."""
        names = ("month", "opens_on", "closes_on", "note", "source_status")
        return {name: getattr(window, name) for name in names}


class StatYearForm(ZForm):
    """The same days of every month of a year."""

    year = year(_("年度"))
    first_day = forms.IntegerField(label=_("每月开始日"), min_value=1, max_value=31)
    last_day = forms.IntegerField(label=_("每月截止日"), min_value=1, max_value=31)
    note = text(_("说明"), 200)
    source_status = forms.ChoiceField(
        label=_("依据核实情况"), choices=SourceStatus.choices, initial=SourceStatus.UNVERIFIED
    )
