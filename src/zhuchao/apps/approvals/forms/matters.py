"""What people fill in for a matter and for a version of it. Shape only; the rules are in the services."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones.models import Department, Zone
from zhuchao.apps.zones.selectors import lineage_ids
from zhuchao.web.forms import ZForm, field_groups

from ..models import Matter, MatterDocument, MatterVersion
from ..selectors.matter_versions import Paper, Step, papers_of, steps_of

DAY = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")
MOST_ROWS = 60
SPARE_ROWS = 3
Columns = Sequence[tuple[str, str | Promise, forms.Field]]


class MatterForm(ZForm):
    """What a matter is filed under."""

    code = forms.CharField(label=_("事项编码"), max_length=40, help_text=_("同一辖区不能重复"))
    name = forms.CharField(label=_("事项名称"), max_length=80)
    kind = forms.ChoiceField(label=_("事项类型"), choices=Matter.Kind.choices)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("办理部门"), required=False)
    summary = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    no_pledge = forms.ChoiceField(
        label=_("不适用告知承诺"),
        required=False,
        choices=[("", _("可以适用")), *Matter.NoPledge.choices],
        help_text=_("直接涉及国家安全、公共安全、生态环境、金融、生命健康且风险大、难以补救的，不适用"),
    )
    is_open = forms.BooleanField(
        label=_("可办理"),
        required=False,
        initial=True,
        help_text=_("不勾选的不能收件，公开的办事指南里也没有"),
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        field = self.fields["department"]
        rows = Department.objects.filter(zone__in=lineage_ids(zone), is_active=True)
        field.queryset = rows.order_by("name")  # type: ignore[attr-defined]

    @staticmethod
    def of(matter: Matter) -> dict[str, Any]:
        """Return what the matter says, for filling in."""
        names = ("code", "name", "kind", "department", "summary", "no_pledge", "is_open")
        return {name: getattr(matter, name) for name in names}


def _cell(label: Any, most: int) -> forms.CharField:
    look = {"class": "form-control form-control-sm", "aria-label": label}
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=look))


def _kinds() -> forms.ChoiceField:
    look = {"class": "form-select form-select-sm", "aria-label": _("材料种类")}
    return forms.ChoiceField(
        label=_("材料种类"),
        choices=DocumentKind.choices,
        initial=DocumentKind.OTHER,
        required=False,
        widget=forms.Select(attrs=look),
    )


def _tick(label: Any, *, initial: bool) -> forms.BooleanField:
    look = {"class": "form-check-input", "aria-label": label}
    return forms.BooleanField(
        label=label, required=False, initial=initial, widget=forms.CheckboxInput(attrs=look)
    )


def _columns(rows: str) -> Columns:
    """Return (name, label, field) of the columns of a table of rows."""
    if rows == "steps":
        return (
            ("name", _("步骤"), _cell(_("步骤"), 60)),
            ("by", _("办理人"), _cell(_("办理人"), 60)),
            ("what", _("内容"), _cell(_("内容"), 300)),
        )
    papers: Columns = (
        ("name", _("材料名称"), _cell(_("材料名称"), 80)),
        ("kind", _("材料种类"), _kinds()),
        ("issuer", _("出具单位"), _cell(_("出具单位"), 60)),
        ("note", _("要求"), _cell(_("要求"), 200)),
    )
    if rows == "outs":
        return papers
    ticks = (
        ("is_main", _("主要材料"), _tick(_("主要材料"), initial=True)),
        ("may_be_late", _("可容缺"), _tick(_("可容缺"), initial=False)),
    )
    return (*papers[:2], *ticks, *papers[2:])


TABLES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "steps": (_("办理环节"), _("按顺序填写；空行不计")),
    "ins": (_("申请材料"), _("选了材料种类的，企业材料库里有效的不再要；只有次要材料可容缺")),
    "outs": (_("结果文书"), _("办结后核发、存入企业材料库的")),
}


class MatterVersionForm(ZForm):
    """What a version says, with a table of steps and two of documents; a row without a name is not there."""

    effective_from = forms.DateField(label=_("生效日期"), widget=DAY)
    effective_to = forms.DateField(
        label=_("失效日期"), required=False, widget=DAY, help_text=_("不填为长期有效")
    )
    legal_basis = forms.CharField(
        label=_("设定依据"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("法律、法规、文件的名称和条款"),
    )
    legal_days = forms.IntegerField(label=_("法定时限"), required=False, min_value=0, max_value=999)
    legal_day_kind = forms.ChoiceField(label=_("法定时限单位"), choices=MatterVersion.DayKind.choices)
    promised_working_days = forms.DecimalField(
        label=_("承诺时限（工作日）"),
        required=False,
        min_value=0,
        max_value=999,
        decimal_places=1,
        help_text=_("可到半天，如 0.5；0 为即时办结"),
    )
    audience = forms.CharField(label=_("受理条件"), max_length=300, required=False)
    channel = forms.ChoiceField(label=_("办理渠道"), choices=MatterVersion.Channel.choices)
    fee = forms.CharField(label=_("收费"), max_length=100, required=False, help_text=_("不填为不收费"))
    late_working_days = forms.IntegerField(
        label=_("容缺补正期限（工作日）"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("从一次性告知起算；有可容缺的材料时必填"),
    )
    pledge_allowed = forms.BooleanField(label=_("可告知承诺"), required=False)
    pledge_text = forms.CharField(
        label=_("告知承诺内容"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("告知的条件、承诺的事项、不实承诺的后果；企业签的就是这段话"),
    )
    check_working_days = forms.IntegerField(
        label=_("事后核查（工作日内）"), required=False, min_value=1, max_value=999
    )
    early_allowed = forms.BooleanField(label=_("可预审"), required=False)
    hands_over = forms.BooleanField(label=_("可跨省通办"), required=False)
    source = forms.CharField(label=_("来源"), max_length=200, required=False)
    source_status = forms.ChoiceField(
        label=_("来源核实"),
        choices=MatterVersion.SourceStatus.choices,
        initial=MatterVersion.SourceStatus.UNCONFIRMED,
        help_text=_("未核实的，所有人都会看到“未核实”"),
    )
    verified_on = forms.DateField(label=_("核实日期"), required=False, widget=DAY)

    groups: Any = (
        (_("有效期"), ("effective_from", "effective_to")),
        (
            _("依据和时限"),
            ("legal_basis", "legal_days", "legal_day_kind", "promised_working_days", "source", "source_status",
             "verified_on"),
        ),
        (_("办理"), ("audience", "channel", "fee", "early_allowed", "hands_over")),
        (_("容缺和承诺"), ("late_working_days", "pledge_allowed", "pledge_text", "check_working_days")),
    )  # fmt: skip

    def __init__(self, *args: Any, more: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._said = tuple(self.fields)
        self.counts: dict[str, int] = {}
        for table in TABLES:
            said = str((self.data if self.is_bound else self.initial).get(f"{table}-count", ""))
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
            is_fresh = not self.is_bound and not more
            number += SPARE_ROWS if more == table or is_fresh else 0
            self.counts[table] = min(number, MOST_ROWS)
            for place in range(self.counts[table]):
                for name, _label, field in _columns(table):
                    self.fields[f"{table}-{place}-{name}"] = field

    @property
    def shown_groups(self) -> list[dict[str, Any]]:
        """Return the groups of the fields that stand one below the other."""
        return [group for group in field_groups(self) if group["title"]]

    @property
    def tables(self) -> list[dict[str, Any]]:
        """Return the tables of rows: key, title, hint, number of rows, labels, and the controls of each row."""
        return [
            {
                "key": table,
                "title": title,
                "hint": hint,
                "count": self.counts[table],
                "labels": [label for _name, label, _field in _columns(table)],
                "rows": [self._controls(table, place) for place in range(self.counts[table])],
                "is_full": self.counts[table] >= MOST_ROWS,
            }
            for table, (title, hint) in TABLES.items()
        ]

    def _controls(self, table: str, place: int) -> list[BoundField]:
        return [self[f"{table}-{place}-{name}"] for name, _label, _field in _columns(table)]

    def clean(self) -> dict[str, Any]:
        """Gather the rows that say something as ``steps`` and ``documents``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        steps = [Step(**row) for row in self._rows("steps", values)]
        directions = (("ins", MatterDocument.Direction.IN), ("outs", MatterDocument.Direction.OUT))
        papers = [
            Paper(**(row | {"direction": direction, "kind": row["kind"] or DocumentKind.OTHER}))
            for table, direction in directions
            for row in self._rows(table, values)
        ]
        return {name: values[name] for name in self._said if name in values} | {
            "steps": steps,
            "documents": papers,
        }

    def _rows(self, table: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        names = [name for name, _label, _field in _columns(table)]
        rows = [
            {name: values.get(f"{table}-{place}-{name}", "") for name in names}
            for place in range(self.counts[table])
        ]
        texts = [name for name in names if name not in ("kind", "is_main", "may_be_late")]
        return [row for row in rows if any(str(row[name]).strip() for name in texts)]

    @staticmethod
    def of(version: MatterVersion) -> dict[str, Any]:
        """Return what the version says, for filling in."""
        said = {name: getattr(version, name) for name in MatterVersionForm.base_fields}
        papers = papers_of(version)
        tables: dict[str, Sequence[Step | Paper]] = {
            "steps": steps_of(version),
            "ins": [one for one in papers if one.direction == MatterDocument.Direction.IN],
            "outs": [one for one in papers if one.direction == MatterDocument.Direction.OUT],
        }
        for table, rows in tables.items():
            said[f"{table}-count"] = len(rows)
            for place, row in enumerate(rows):
                for name, _label, _field in _columns(table):
                    said[f"{table}-{place}-{name}"] = getattr(row, name)
        return said

    @staticmethod
    def typed(data: Mapping[str, str]) -> dict[str, Any]:
        """Return what was typed as the beginning of a form, for one with more rows; a box without its tick is off."""
        said: dict[str, Any] = dict(data.items())
        for name, field in MatterVersionForm.base_fields.items():
            if isinstance(field, forms.BooleanField):
                said[name] = name in data
        for table in TABLES:
            for place in range(MOST_ROWS):
                for name in ("is_main", "may_be_late"):
                    said[f"{table}-{place}-{name}"] = f"{table}-{place}-{name}" in data
        return said


class PublishForm(ZForm):
    """The word of the second person."""

    checked = forms.BooleanField(label=_("我已对照依据核对时限、环节和材料"))
