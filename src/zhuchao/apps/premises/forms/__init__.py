"""What people fill in on the pages of premises. Shape only; the rules are in the services."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import EvidenceField, RowsField, ZForm
from zhuchao.web.printing import area

from ..models import Building, Revitalisation, Site, Unit, UnitState
from ..services import Part

DAY = forms.DateInput(attrs={"type": "date", "data-day": ""})


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DAY)


def amount(
    label: Any, unit: Any, *, required: bool = False, places: int = 2, digits: int = 12
) -> forms.DecimalField:
    """Return a field for a number with its unit inside."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": unit})
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=digits,
        decimal_places=places,
        localize=False,
        widget=widget,
    )


def text(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", lines: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget
    )


class WordsField(forms.CharField):
    """A list of short words in one box, with 、 between them; cleans to a list."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, required=False, max_length=400, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [word for word in re.split(r"[、，,;；\s]+", super().to_python(value) or "") if word]

    def run_validators(self, value: Any) -> None:
        super().run_validators("、".join(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not known; cleans to True, False or None."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            choices=[("", _("未知")), ("yes", _("是")), ("no", _("否"))],
            coerce=lambda text: text == "yes",
            empty_value=None,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def choice(label: Any, choices: Any) -> forms.ChoiceField:
    """Return a field for one of some choices, or for not known."""
    return forms.ChoiceField(label=label, choices=[("", _("未知")), *choices], required=False)


def cause() -> forms.ChoiceField:
    """Return a field for why a unit stands empty, came or went."""
    return forms.ChoiceField(
        label=_("原因类别"),
        choices=[("", "—"), *UnitState.Cause.choices],
        required=False,
        help_text=_("空置、新增或退出的原因，用于统计"),
    )


def idle() -> forms.DecimalField:
    """Return a field for the part that stands empty of a unit that is used."""
    field = amount(_("部分空置"), "㎡")
    field.help_text = _("房源在用、但有一部分空着时填写")
    return field


def occupant() -> forms.CharField:
    """Return a field for a firm: its name or credit code."""
    return text(_("使用企业"), 120, help_text=_("填写全称或统一社会信用代码，已建档的企业会自动关联"))


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Say among which rows a field of a form chooses."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class SiteFacts(ZForm):
    """The facts of a site that are edited as one."""

    kind = forms.ChoiceField(label=_("类型"), choices=Site.Kind.choices)
    carrier_class = forms.ChoiceField(
        label=_("类别"), choices=[("", "—"), *Site.CarrierClass.choices], required=False
    )
    address = text(_("地址"), 200, help_text=_("写到门牌号，如 人民路1401号"))
    district = text(_("片区"), 40)
    operator: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("开发运营主体"), queryset=None, required=False
    )
    land_area_m2 = amount(_("占地面积"), "㎡", digits=14)
    parent: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("上级载体"), queryset=None, required=False, help_text=_("园中园填写所在的园区")
    )
    theme = text(_("主题"), 60, help_text=_("如 跨境电商、新能源汽车"))
    partner = text(_("合作方"), 120)
    incubator = forms.BooleanField(label=_("孵化载体"), required=False)
    admission_scope = WordsField(_("准入产业"), _("用顿号分开，如 航空零部件、新材料；不填为不限"))
    plan_constraints = WordsField(_("规划禁止用途"), _("控规等法定规划禁止的用途，如 餐饮、仓储"))
    plan_source = text(_("规划依据"), 200, help_text=_("规划名称或批复文号"))
    plan_on = day(_("规划批复日期"), required=False)

    def __init__(self, *args: Any, zone: Zone, site: Site | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "operator", zone.departments.filter(is_active=True))
        others = Site.objects.filter(zone=zone).order_by("name")
        offer(self, "parent", others.exclude(pk=site.pk) if site else others)


class SiteAddForm(SiteFacts):
    """A new site."""

    groups = (
        (_("名称"), ("name", "on")),
        (
            _("载体情况"),
            ("kind", "carrier_class", "parent", "theme", "address", "district", "land_area_m2", "incubator"),
        ),
        (_("责任"), ("steward", "operator", "partner")),
        (_("准入与规划"), ("admission_scope", "plan_constraints", "plan_source", "plan_on")),
    )
    name = text(_("载体名称"), 80, required=True)
    on = day(_("名称启用日期"), required=False, help_text=_("不填为今天"))
    steward: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("园长"),
        queryset=None,
        required=False,
        help_text=_("一载体一园长：没有园长的载体会列入今日待办"),
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "steward", officers_of(zone))


class SiteForm(SiteFacts):
    """The facts of a site."""

    groups = (
        (
            _("载体情况"),
            ("kind", "carrier_class", "parent", "theme", "address", "district", "land_area_m2", "incubator"),
        ),
        (_("责任"), ("operator", "partner")),
        (_("准入与规划"), ("admission_scope", "plan_constraints", "plan_source", "plan_on")),
    )


class SiteNameForm(ZForm):
    """A name a site has or had."""

    name = text(_("名称"), 80, required=True, help_text=_("填写新名称，或补登曾用名；日期最新的为现用名"))
    on = day(_("启用日期"))
    evidence_note = text(_("依据"), 200, help_text=_("如 更名批复文号"))


class StewardForm(ZForm):
    """Who answers for a site."""

    steward: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("园长"), queryset=None)
    reason = text(_("交接原因"), 200)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "steward", officers_of(zone))


class BuildingForm(ZForm):
    """A building of a site."""

    name = text(_("楼栋"), 60, required=True, help_text=_("如 1号楼、A座"))
    address = text(_("门牌"), 200)


class UnitFacts(ZForm):
    """The facts of a unit that are edited as one."""

    name = text(_("房号"), 60, required=True, help_text=_("如 301；整层、整栋也可作为一个房源"))
    kind = forms.ChoiceField(label=_("类型"), choices=Unit.Kind.choices)
    gross_area_m2 = amount(_("建筑面积"), "㎡", required=True)
    net_area_m2 = amount(_("使用面积"), "㎡")
    clear_height_m = amount(_("净高"), "m", digits=5)
    floor_load_kn_m2 = amount(_("楼面荷载"), "kN/㎡", digits=6)
    power_kva = amount(_("用电容量"), "kVA", places=1, digits=8)
    column_grid = text(_("柱网"), 20, help_text=_("如 8.4×8.4"))
    water_m3_day = amount(_("供水"), "m³/天", places=1, digits=8)
    hoist_t = amount(_("起重"), "t", digits=6)
    loading_docks = forms.IntegerField(label=_("装卸口"), required=False, min_value=0, max_value=999)
    has_gas = YesNoField(_("通燃气"))
    has_sewage = YesNoField(_("通污水"))
    fire_class = choice(_("火灾危险性类别"), Unit.FireClass.choices)
    hazard_allowed = YesNoField(_("可用于危险品"))
    food_allowed = YesNoField(_("可用于食品"))
    allowed_uses = WordsField(_("允许用途"), _("用顿号分开，如 办公、展示；不填为未知"))
    forbidden_uses = WordsField(_("禁止用途"), _("如文物保护禁止的 餐饮、明火"))
    amenities = WordsField(_("配套"), _("如 食堂、停车位、货梯"))
    asking_rent_cny_m2_day = amount(_("挂牌租金"), _("元/㎡·天"), places=3, digits=8)
    rent_floor_cny_m2_day = amount(_("底价"), _("元/㎡·天"), places=3, digits=8)
    tenure = choice(_("产权性质"), Unit.Tenure.choices)
    available_on = day(_("可用日期"), required=False)
    position = forms.IntegerField(
        label=_("楼层内次序"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("从一端数起，次序相连的房源为相邻"),
    )

    def __init__(self, *args: Any, may_reveal: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reveal:
            for name in ("rent_floor_cny_m2_day", "tenure"):
                del self.fields[name]


FACT_GROUPS = (
    (
        _("面积与条件"),
        (
            "gross_area_m2",
            "on",
            "net_area_m2",
            "clear_height_m",
            "floor_load_kn_m2",
            "column_grid",
            "power_kva",
            "water_m3_day",
            "has_gas",
            "has_sewage",
            "hoist_t",
            "loading_docks",
        ),
    ),
    (
        _("用途与消防"),
        ("allowed_uses", "forbidden_uses", "fire_class", "hazard_allowed", "food_allowed", "amenities"),
    ),
    (
        _("租赁"),
        ("asking_rent_cny_m2_day", "rent_floor_cny_m2_day", "tenure", "available_on"),
    ),
)


class UnitAddForm(UnitFacts):
    """A new unit of a site with the state it is in."""

    groups = (
        (_("位置"), ("building", "level", "name", "position", "kind")),
        (_("状态"), ("state", "on", "occupant", "cause", "why")),
        *FACT_GROUPS,
    )
    building: "forms.ModelChoiceField[Building]" = forms.ModelChoiceField(
        label=_("楼栋"), queryset=None, required=False
    )
    level = forms.IntegerField(
        label=_("楼层"),
        required=False,
        min_value=-20,
        max_value=200,
        help_text=_("地面一层为 1，地下一层为 -1"),
    )
    state = forms.ChoiceField(label=_("状态"), choices=Unit.State.choices)
    on = day(_("状态日期"), required=False, help_text=_("不填为今天"))
    occupant = occupant()
    cause = cause()
    why = text(_("空置原因"), 60)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "building", Building.objects.filter(site=site))


class UnitForm(UnitFacts):
    """The facts of a unit, and since when another area holds."""

    groups = ((_("位置"), ("name", "position", "kind")), *FACT_GROUPS)
    on = day(_("面积变更日期"), required=False, help_text=_("只在建筑面积变更时使用，不填为今天"))


class UnitStateForm(ZForm):
    """The state a unit came into; ``seen`` is the entry the person had before their eyes."""

    state = forms.ChoiceField(label=_("状态"), choices=Unit.State.choices)
    on = day(_("日期"))
    occupant = occupant()
    idle_m2 = idle()
    cause = cause()
    why = text(_("空置原因"), 60)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class UnitStateCorrectForm(ZForm):
    """What a state entry should have said, and why it did not."""

    state = forms.ChoiceField(label=_("状态"), choices=Unit.State.choices)
    on = day(_("日期"))
    area_m2 = amount(_("建筑面积"), "㎡", required=True)
    occupant = occupant()
    idle_m2 = idle()
    cause = cause()
    why = text(_("空置原因"), 60)
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: UnitState) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        return {
            "state": entry.state,
            "on": entry.happened_on,
            "area_m2": entry.area_m2,
            "occupant": entry.occupant_name,
            "idle_m2": entry.idle_m2,
            "cause": entry.cause,
            "why": entry.why,
            "evidence_note": entry.evidence_note,
        }


PARTS, LEAST_PARTS = 6, 2


class SplitForm(ZForm):
    """What a unit is split into; empty rows are left out. Cleans to day, note and parts."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[tuple[Any, tuple[str, ...]]] = [(_("拆分"), ("on", "evidence_note"))]
        self.fields["on"] = day(_("日期"))
        self.fields["evidence_note"] = text(_("佐证说明"), 200)
        keep = ("", _("保持“{state}”").format(state=unit.get_state_display()))
        states = [keep, (Unit.State.VACANT.value, Unit.State.VACANT.label)]
        for n in range(1, PARTS + 1):
            names = (f"name_{n}", f"area_{n}", f"position_{n}", f"state_{n}")
            is_needed = n <= LEAST_PARTS
            self.fields[names[0]] = text(_("房号"), 60, required=is_needed)
            self.fields[names[1]] = amount(_("建筑面积"), "㎡", required=is_needed)
            self.fields[names[2]] = forms.IntegerField(
                label=_("楼层内次序"), required=False, min_value=1, max_value=999
            )
            self.fields[names[3]] = forms.ChoiceField(label=_("状态"), choices=states, required=False)
            groups.append((_("第 {n} 部分").format(n=n), names))
        self.groups = groups

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        parts = []
        for n in range(1, PARTS + 1):
            name, size = found.get(f"name_{n}"), found.get(f"area_{n}")
            if bool(name) != (size is not None) and n > LEAST_PARTS:
                self.add_error(f"area_{n}" if name else f"name_{n}", _("房号和面积要一起填写。"))
            if name and size is not None:
                state = found.get(f"state_{n}") or None
                parts.append(Part(name, size, state, found.get(f"position_{n}")))
        return {"on": found.get("on"), "evidence_note": found.get("evidence_note", ""), "parts": parts}


class UnitsField(RowsField):
    """Some of the units of a building, each with its floor and its area."""

    def label_from_instance(self, obj: Any) -> str:
        return " ".join(str(part) for part in (obj.floor, obj.name, "·", area(obj.gross_area_m2)) if part)


class MergeForm(ZForm):
    """Which units a unit is merged with, and what the whole is called."""

    units = UnitsField(label=_("与哪些房源合并"), queryset=None, widget=forms.CheckboxSelectMultiple)
    name = text(_("合并后的房号"), 60, required=True, help_text=_("如 301-302"))
    on = day(_("日期"))
    evidence_note = text(_("佐证说明"), 200)

    def __init__(self, *args: Any, others: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        assert isinstance(field, UnitsField)
        field.queryset = others


class RevitalisationForm(ZForm):
    """Idle space brought back to use."""

    groups = (
        (_("盘活的空间"), ("site", "place", "on", "area_m2")),
        (_("盘活去向"), ("way", "used_by")),
        (_("佐证"), ("evidence", "evidence_note")),
    )
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("载体"), queryset=None, required=False
    )
    place = text(_("位置"), 120, help_text=_("不在房源台账中的空间填写位置，如 中张家巷27号"))
    on = day(_("盘活日期"))
    area_m2 = amount(_("盘活面积"), "㎡", required=True)
    way = text(_("盘活方式"), 40, help_text=_("如 招租、改造、转让、自用"))
    used_by = text(_("引进企业"), 120)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200, help_text=_("没有文件时必填，如 租赁合同 2023-018"))

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)


class RevitalisationCorrectForm(ZForm):
    """What a revitalisation should have said, and why it did not."""

    place = text(_("位置"), 120, required=True)
    on = day(_("盘活日期"))
    area_m2 = amount(_("盘活面积"), "㎡", required=True)
    way = text(_("盘活方式"), 40)
    used_by = text(_("引进企业"), 120)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: Revitalisation) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        return {
            "place": entry.place,
            "on": entry.happened_on,
            "area_m2": entry.area_m2,
            "way": entry.way,
            "used_by": entry.used_by,
            "evidence_note": entry.evidence_note,
        }
