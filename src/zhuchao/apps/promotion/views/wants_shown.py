"""How pages show what was read out of a text: each need with its words, and what stays open."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.services.records import label_of
from zhuchao.engines.reading.wants import Unclear, Want, Wants, read_wants

from ..models import CRITERIA, Lead, LeadNeeds
from ..services.minutes import needs_read
from .lead_parts import need_shown

WHYS: dict[str, str | Promise] = {
    "present_state": gettext_lazy("说的是现状"),
    "area_of_part": gettext_lazy("只是一部分的面积"),
    "part_of_total": gettext_lazy("已含在合计里"),
    "upper_limit": gettext_lazy("只说了上限"),
    "lower_limit": gettext_lazy("只说了下限"),
    "load_unit": gettext_lazy("没有说每平方米"),
    "power_in_kw": gettext_lazy("千瓦折算 kVA 需要功率因数"),
    "water_period": gettext_lazy("没有说每天多少"),
    "mentioned": gettext_lazy("提到了，没有说要不要"),
    "uncertain": gettext_lazy("对方还不确定"),
    "not_wanted": gettext_lazy("对方说不要"),
    "one_floor_or_first": gettext_lazy("是一楼还是一整层"),
    "day_vague": gettext_lazy("日期不完整"),
    "foreign_currency": gettext_lazy("外币，需按汇率折算"),
    "number_unreadable": gettext_lazy("数字读不出来"),
    "out_of_range": gettext_lazy("数值不合常理"),
}
NOTES: dict[str, str | Promise] = {
    "about": gettext_lazy("约数"),
    "storey_height": gettext_lazy("说的是层高，净高请核实"),
    "per_month": gettext_lazy("由月租折成日租"),
}


@dataclass(frozen=True)
class Read:
    """A line: which need, its value (empty while open), the words it was read from, and what to mind."""

    label: str
    value: str
    words: str
    why: str


@dataclass(frozen=True)
class Shown:
    """What was read, what stays open, and which two statements contradict each other."""

    settled: tuple[Read, ...]
    open: tuple[Read, ...]
    contradictions: tuple[tuple[str, str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.settled or self.open or self.contradictions)


def wants_shown(text: str, on: date) -> Shown:
    """Return what a text written on a day asks of premises, as a page shows it."""
    wants = read_wants(text, on=on)
    model = LeadNeeds(**needs_read(wants))
    settled = tuple(
        Read(_label(want.field), _value(model, want), want.words, str(NOTES.get(want.note, "")))
        for want in wants.wants
    )
    return Shown(settled, _open(wants), _contradictions(wants))


def _open(wants: Wants) -> tuple[Read, ...]:
    def line(one: Unclear) -> Read:
        return Read(_label(one.field), "", one.words, str(WHYS[one.why]))

    return tuple(line(one) for one in wants.unclear)


def _contradictions(wants: Wants) -> tuple[tuple[str, str, str], ...]:
    return tuple((_label(one.first.field), one.first.words, one.second.words) for one in wants.contradictions)


def _label(name: str) -> str:
    return label_of(LeadNeeds() if name in CRITERIA else Lead(), name)


def _value(model: LeadNeeds, want: Want) -> str:
    if want.field in CRITERIA:
        return need_shown(model, want.field)
    return _("{amount} 元").format(amount=f"{want.value:,}")
