"""What people fill in for building works. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.web.forms import EvidenceField, MoneyField, RowsField, ZForm

from ..models import Building, LandGiven, Site, Unit, Works, WorksProgress
from . import amount, day, offer, text


class WorksFacts(ZForm):
    """The facts of works that are edited as one."""

    name = text(_("项目名称"), 80, required=True, help_text=_("如 苏鲲科技产业园改造工程"))
    kind = forms.ChoiceField(label=_("建设类型"), choices=Works.Kind.choices)
    gross_area_m2 = amount(_("建筑面积"), "㎡", digits=14)
    land_area = amount(_("占地面积"), "", digits=14, places=4)
    land_unit = forms.ChoiceField(
        label=_("面积单位"),
        choices=LandGiven.LandUnit.choices,
        required=False,
        help_text=_("按原数登记，1 亩 = 2000/3 ㎡ 自动换算"),
    )
    planned_start_on = day(_("计划开工"), help_text=_("只知道月份的填 1 日，次月 1 日起未开工即提示延期"))
    planned_months = forms.IntegerField(
        label=_("建设周期（月）"), min_value=1, max_value=240, help_text=_("计划竣工 = 计划开工 + 周期")
    )
    months_to_occupancy = forms.IntegerField(
        label=_("竣工到首批入驻（月）"), min_value=0, max_value=240, required=False
    )
    budget_cny = MoneyField(label=_("总投资预算"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["land_unit"] = values.get("land_unit") or LandGiven.LandUnit.MU
        values["months_to_occupancy"] = values.get("months_to_occupancy") or 0
        return values


PLAN = (_("工期与投资"), ("planned_start_on", "planned_months", "months_to_occupancy", "budget_cny"))
SCALE = ("name", "kind", "gross_area_m2", "land_area", "land_unit")


class WorksAddForm(WorksFacts):
    """New works on a site."""

    groups = ((_("建设内容"), ("site", *SCALE)), PLAN)
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(label=_("载体"), queryset=None)

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)


class WorksForm(WorksFacts):
    """The facts of works, with the building and units they touch."""

    groups = ((_("建设内容"), SCALE), PLAN, (_("涉及空间"), ("building", "units")))
    building: "forms.ModelChoiceField[Building]" = forms.ModelChoiceField(
        label=_("楼栋"), queryset=None, required=False
    )
    units = RowsField(
        label=_("房源"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("开工后这些房源转为“改造中”，竣工后释放"),
    )

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "building", site.buildings.order_by("name", "pk"))
        field = self.fields["units"]
        assert isinstance(field, RowsField)
        field.queryset = site.units.select_related("site", "building", "floor").order_by("name", "pk")


class PhaseForm(ZForm):
    """A phase with its part of the budget."""

    number = forms.IntegerField(label=_("期次"), min_value=1, max_value=99)
    name = text(_("分期名称"), 40, help_text=_("不填按期次命名，如 首期"))
    budget_cny = MoneyField(label=_("投资预算"))


class PhaseEditForm(ZForm):
    """What a phase is called and may cost."""

    name = text(_("分期名称"), 40, required=True)
    budget_cny = MoneyField(label=_("投资预算"))


class ProgressForm(ZForm):
    """What happened to works on a day."""

    event = forms.ChoiceField(label=_("事项"), choices=WorksProgress.Event.choices)
    on = day(_("日期"))
    percent = amount(_("形象进度"), "%", digits=5)
    spent_cny = MoneyField(label=_("累计完成投资"), required=False)
    expected_on = day(_("预计竣工"), required=False, help_text=_("与计划不同时填写"))
    detail = text(pgettext_lazy("进度", "说明"), 200)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)


class ProgressCorrectForm(ZForm):
    """What an entry should have said, and why it did not."""

    on = day(_("日期"))
    percent = amount(_("形象进度"), "%", digits=5)
    spent_cny = MoneyField(label=_("累计完成投资"), required=False)
    expected_on = day(_("预计竣工"), required=False)
    detail = text(pgettext_lazy("进度", "说明"), 200)
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: WorksProgress) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        names = ("percent", "spent_cny", "expected_on", "detail", "evidence_note")
        return {"on": entry.happened_on} | {name: getattr(entry, name) for name in names}
