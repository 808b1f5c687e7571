"""What people set on the rehearsal page, and what they add when a meeting keeps it. Shape only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhuchao.engines.scheduling import Mode
from zhuchao.engines.scheduling.files import Template
from zhuchao.web.forms import ZForm

from ..models import Rehearsal
from ..selectors.plans import MOST_CREDIT, SHARED, Scenario

MOST_DAYS = 60
MOST_REVIEWERS = 8
_MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A moment of the office, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
        super().__init__(widget=widget, input_formats=[_MOMENT, "%Y-%m-%d %H:%M", "%Y-%m-%d"], **kwargs)


class Slider(forms.NumberInput):
    """A number that is dragged; without scripts it can be dragged all the same."""

    input_type = "range"


def _slider(label: Any, most: int, *, least: int = 0, help_text: Any = "") -> forms.IntegerField:
    widget = Slider(attrs={"data-slider": "", "class": "n-slider"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, widget=widget
    )


class ScenarioForm(ZForm):
    """What a rehearsal assumes; a department each has a slider of its reviewers."""

    start = MomentField(label=_("起点"), help_text=_("土地成交或受理的时刻"))
    deadline = MomentField(label=_("要求办结时间"), required=False)
    days = _slider(_("预审天数"), MOST_DAYS, help_text=_("起点之前的工作日，用草稿先审"))
    credit = _slider(_("信用额度"), MOST_CREDIT, help_text=_("最多几项告知承诺；信用不良的为 0"))
    early = forms.BooleanField(label=_("提前预审"), required=False)
    late = forms.BooleanField(label=_("容缺受理"), required=False)
    pledge = forms.BooleanField(label=_("告知承诺"), required=False)
    shared = forms.FloatField(
        label=_("共同快慢"),
        min_value=0,
        max_value=0.5,
        help_text=_("一天里大家一起快或慢的程度，0 为互不相干"),
        widget=Slider(attrs={"step": 0.05, "data-slider": "", "class": "n-slider"}),
    )

    def __init__(self, data: Any = None, *, template: Template, start: datetime, **kwargs: Any) -> None:
        usual = {"start": start, "days": 22, "credit": 3, "early": True, "late": True, "pledge": True}
        super().__init__(data, initial=usual | {"shared": SHARED}, **kwargs)
        self.names = {f"r{number}": name for number, name in enumerate(template.departments)}
        for key, name in self.names.items():
            self.fields[key] = _slider(name, MOST_REVIEWERS, least=1)
            self.fields[key].required = False
            self.initial[key] = template.departments[name]

    @property
    def reviewer_fields(self) -> list[forms.BoundField]:
        """Return the sliders of the departments."""
        return [self[key] for key in self.names]

    @property
    def has_reviewers(self) -> bool:
        """Return whether a department has another number of reviewers than in the procedure."""
        return self.is_bound and any(
            str(self.data.get(key, self.initial[key])) != str(self.initial[key]) for key in self.names
        )

    @property
    def scenario(self) -> Scenario:
        """Return what was set."""
        said = self.cleaned_data
        ways = {"early": Mode.EARLY, "late": Mode.LATE, "pledge": Mode.PLEDGE}
        reviewers = {
            name: said[key]
            for key, name in self.names.items()
            if said[key] is not None and said[key] != self.initial[key]
        }
        return Scenario(
            start=said["start"],
            pre_review_days=said["days"],
            credit=said["credit"],
            modes=frozenset(mode for name, mode in ways.items() if said[name]),
            reviewers=reviewers,
            deadline=said["deadline"],
            shared=said["shared"],
        )

    def as_query(self) -> str:
        """Return the address part that sets the same again."""
        query = QueryDict(mutable=True)
        source: Mapping[str, Any] = self.data if self.is_bound else {}
        for name in self.fields:
            if self.is_bound:
                value = source.get(name, "")
            else:
                value = self.initial.get(name, "")
                value = f"{value:{_MOMENT}}" if isinstance(value, datetime) else value
                value = "on" if value is True else value
            if value not in ("", None):
                query[name] = str(value)
        return query.urlencode()


class KeepForm(ZForm):
    """What a meeting adds to a rehearsal."""

    title = forms.CharField(label=_("名称"), max_length=120)
    meeting = forms.ChoiceField(
        label=_("会议类型"), choices=Rehearsal.Meeting.choices, initial=Rehearsal.Meeting.WALK_THROUGH
    )
    attendees = forms.CharField(label=_("参加人"), max_length=200, required=False)
    conclusion = forms.CharField(
        label=_("结论"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
