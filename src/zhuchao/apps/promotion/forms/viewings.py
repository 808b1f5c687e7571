"""What people fill in about a talk or a viewing. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import units_called
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import RecordChoice, RecordsChoice, ZForm

from ..models import Activity, Lead, Viewing
from . import day, offer, text


class MinuteForm(ZForm):
    """A minute on a phone: whom, where, what was said, and what comes next."""

    firm = text(_("对接企业"), 120, required=True)
    minutes = text(
        _("谈了什么"),
        5000,
        required=True,
        lines=5,
        help_text=_("照实写，面积、层高、荷载、用电、租金、入驻时间会自动读成需求"),
    )
    lead = RecordChoice(label=_("哪个项目"), required=False, help_text=_("已有的线索"))
    new_lead = text(_("或新线索"), 120, help_text=_("有投资意向时填写项目名称"))
    next_action = text(_("下一步"), 120, help_text=_("如 约企业来踏勘"))
    next_action_on = day(_("下一步日期"), required=False)
    place = text(_("地点"), 120)
    on = day(_("日期"))
    direction = forms.ChoiceField(label=_("方向"), choices=Activity.Direction.choices)

    def __init__(
        self, *args: Any, zone: Zone, leads: QuerySet[Lead], leads_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "lead", leads)
        self.fields["lead"].url = leads_url  # type: ignore[attr-defined]


class ViewingForm(ZForm):
    """Who shows which units when."""

    on = day(_("踏勘日期"))
    starts_at = forms.TimeField(
        label=_("时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    escort: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("陪同人"), queryset=None)
    units = RecordsChoice(
        label=_("踏勘房源"),
        lookup=units_called,
        help_text=_("可选多处；按载体名称、地址、楼栋、楼层或房号查找"),
    )
    note = text(_("备注"), 300, lines=2)

    def __init__(
        self, *args: Any, zone: Zone, units: QuerySet[Unit], units_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "escort", officers_of(zone))
        offer(self, "units", units)
        self.fields["units"].url = units_url  # type: ignore[attr-defined]

    @staticmethod
    def of(viewing: Viewing) -> dict[str, Any]:
        """Return what was booked, for filling in."""
        return {
            "on": viewing.on,
            "starts_at": viewing.starts_at,
            "escort": viewing.escort_id,
            "units": [unit.pk for unit in viewing.units.all()],
            "note": viewing.note,
        }


class OutcomeForm(ZForm):
    """What came of a viewing."""

    outcome = forms.ChoiceField(label=_("踏勘结果"), choices=Viewing.Outcome.choices)
    outcome_note = text(_("结果说明"), 300, lines=3, help_text=_("看中哪一处、嫌什么、还要什么"))
