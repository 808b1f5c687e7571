"""What people fill in for urban renewal. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.web.forms import AreaField, EvidenceField, MoneyField, ZForm

from ..models import LandGiven, RenewalEvent, RenewalFigure, Site
from . import amount, day, offer, text

MONEY = frozenset({RenewalFigure.Measure.OUTPUT, RenewalFigure.Measure.TAX})


class RenewalForm(ZForm):
    """The facts of a renewal."""

    name = text(_("更新项目"), 80, required=True)
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("载体"), queryset=None, required=False
    )
    programme = text(_("专项行动"), 40, help_text=_("如 三改一拆、腾笼换鸟、电商换市"))
    land_area = amount(_("占地面积"), "", digits=14, places=4)
    land_unit = forms.ChoiceField(label=_("面积单位"), choices=LandGiven.LandUnit.choices, required=False)
    new_land_m2 = AreaField(label=_("新增用地"), unit="亩", required=False, help_text=_("不新增用地填 0"))

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["land_unit"] = values.get("land_unit") or LandGiven.LandUnit.MU
        return values


class RenewalEventForm(ZForm):
    """What was vacated, added or upgraded, or which tenant came in whose place."""

    groups: Any = (
        (_("事项"), ("kind", "on", "area_m2", "firms")),
        (
            _("换租"),
            ("old_name", "old_value_cny", "old_land_m2", "new_name", "new_value_cny", "new_land_m2"),
        ),
        (_("佐证"), ("evidence", "evidence_note")),
    )
    kind = forms.ChoiceField(label=_("事项"), choices=RenewalEvent.Kind.choices)
    on = day(_("日期"))
    area_m2 = AreaField(label=_("建筑面积"), required=False, help_text=_("换租可不填"))
    firms = forms.IntegerField(label=pgettext_lazy("更新", "企业数"), min_value=0, required=False)
    old_name = text(_("原企业"), 120)
    old_value_cny = MoneyField(label=_("原企业年产值"), required=False)
    old_land_m2 = AreaField(label=_("原企业占地"), unit="亩", required=False)
    new_name = text(_("新企业"), 120)
    new_value_cny = MoneyField(label=_("新企业年产值"), required=False)
    new_land_m2 = AreaField(label=_("新企业占地"), unit="亩", required=False)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)


class RenewalFigureForm(ZForm):
    """A figure of the place before or after."""

    side = forms.ChoiceField(label=_("更新前后"), choices=RenewalFigure.Side.choices)
    measure = forms.ChoiceField(label=_("数据项"), choices=RenewalFigure.Measure.choices)
    money = MoneyField(label=_("金额"), required=False, help_text=_("产值、税收填写"))
    area = AreaField(label=_("面积"), required=False, help_text=_("占地、建筑、基底面积填写"))
    year = forms.IntegerField(label=_("年份"), min_value=1950, max_value=2100)
    evidence_note = text(_("数据来源"), 200, required=True)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        wanted = "money" if values.get("measure") in MONEY else "area"
        values["value"] = values.get(wanted)
        if values["value"] is None and wanted not in self.errors:
            self.add_error(wanted, _("请填写数值。"))
        for name in ("money", "area"):
            values.pop(name, None)
        return values


class RenewalEventCorrectForm(RenewalEventForm):
    """What an event should have said, and why it did not; its file of evidence stays."""

    groups = (*RenewalEventForm.groups[:2], (_("佐证"), ("evidence_note",)), (_("原因"), ("reason",)))
    evidence = None  # type: ignore[assignment]
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: RenewalEvent) -> dict[str, Any]:
        """Return what the event says, for filling in."""
        names = set(RenewalEventCorrectForm.base_fields) - {"on", "reason"}
        return {name: getattr(entry, name) for name in names} | {"on": entry.happened_on}


class RenewalFigureCorrectForm(RenewalFigureForm):
    """What a figure should have said, and why it did not."""

    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: RenewalFigure) -> dict[str, Any]:
        """Return what the figure says, for filling in."""
        said = {name: getattr(entry, name) for name in ("side", "measure", "year", "evidence_note")}
        return said | {"money" if entry.is_money else "area": entry.value}
