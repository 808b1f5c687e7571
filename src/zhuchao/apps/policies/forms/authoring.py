"""What people fill in to write a condition, a benefit or a test without knowing the text form. Shape only."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, Field, Kind, Vocabulary
from zhuchao.engines.rules.language import read_condition, read_number
from zhuchao.engines.rules.stating import read_fact
from zhuchao.web.forms import ZForm

from ..selectors.rules import vocabulary
from ..selectors.sheet_parts import Grant, Trial
from ..selectors.sheets import FITTING, OPERATORS, Row, Shown, choices_of, unit_hint, words_in, write_row
from ..wording import say
from . import day as day_box
from . import text as text_box

ROWS = 4
BANDS = 4
FACTS = 8
_JOINS = (
    ("one", _("一项比较")),
    ("all", _("以下各项都要满足")),
    ("any", _("以下任何一项满足即可")),
    ("manual", _("人工核对")),
)
_PLAIN = frozenset("'\"\\")


def field_choice(label: Any, *, sized: bool = False, required: bool = False) -> forms.ChoiceField:
    """Return a choice of a field by its label, grouped by what fields hold; found by typing where there are scripts."""

    def choices() -> list[Any]:
        groups = choices_of(vocabulary())
        names = {field.name for field in vocabulary() if field.kind in SIZED and field.kind is not Kind.DATE}
        kept = [(title, [one for one in some if not sized or one[0] in names]) for title, some in groups]
        return [("", ""), *((title, some) for title, some in kept if some)]

    select = forms.Select(attrs={"data-records": ""})
    return forms.ChoiceField(label=label, required=required, choices=choices, widget=select)


def _refuse(form: forms.Form, name: str, error: EngineError, label: str = "") -> None:
    form.add_error(name, say(error, label))


class ConditionForm(ZForm):
    """One condition: its clause and words, and what it compares."""

    article = forms.ChoiceField(label=_("出自条款"), required=False)
    text = text_box(_("条件（给企业看的话）"), 200, required=True)
    is_unconfirmed = forms.BooleanField(label=_("数字未经核实（对外标“未核实”）"), required=False)
    join = forms.ChoiceField(label=_("怎样判断"), choices=_JOINS, initial="one")

    def __init__(self, *args: Any, clauses: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [*clauses]
        kept = str(self.initial.get("article", ""))
        numbers += [kept] if kept and kept not in numbers else []
        self.fields["article"].choices = [("", "—"), *((one, one) for one in numbers)]  # type: ignore[attr-defined]
        operators = [("", ""), *((title, list(some)) for title, some in OPERATORS)]
        for n in range(ROWS):
            self.fields[f"field_{n}"] = field_choice(_("字段"))
            self.fields[f"over_{n}"] = field_choice(_("占（只在比率时填）"), sized=True)
            self.fields[f"operator_{n}"] = forms.ChoiceField(
                label=_("比较"), required=False, choices=operators
            )
            self.fields[f"value_{n}"] = text_box(_("值"), 400)

    @property
    def row_fields(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Return the controls of each comparison."""
        names = ("field", "over", "operator", "value")
        return [(n, [self[f"{name}_{n}"] for name in names]) for n in range(ROWS)]

    @staticmethod
    def of(shown: Shown) -> dict[str, Any]:
        """Return a condition, for filling in."""
        values: dict[str, Any] = {
            "article": shown.article,
            "text": shown.text,
            "is_unconfirmed": shown.is_unconfirmed,
            "join": shown.join,
        }
        for n, row in enumerate(shown.rows):
            values |= {
                f"field_{n}": row.field,
                f"over_{n}": row.over,
                f"operator_{n}": row.operator,
                f"value_{n}": row.value,
            }
        return values

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("join") == "manual":
            values["rows"] = ()
            return values
        rows = [row for n in range(ROWS) if (row := self._row(n)) is not None]
        if values.get("join") == "one":
            rows = rows[:1]
        values["rows"] = tuple(rows)
        if not rows and not self.errors:
            self.add_error("field_0", gettext("请选字段。"))
        return values

    def _row(self, n: int) -> Row | None:
        """Return a comparison that was filled in, put as the text says it; None for an empty one."""
        get = self.cleaned_data.get
        name, operator = get(f"field_{n}") or "", get(f"operator_{n}") or ""
        value, over = " ".join(str(get(f"value_{n}") or "").split()), get(f"over_{n}") or ""
        if not name:
            if value or operator:
                self.add_error(f"field_{n}", gettext("请选字段。"))
            return None
        field = vocabulary()[name]
        kinds = frozenset({Kind.DATE}) if not operator else FITTING[operator]
        if not operator or field.kind not in kinds:
            fitting = [
                str(label) for _title, some in OPERATORS for key, label in some if field.kind in FITTING[key]
            ]
            words = gettext("“%(field)s”要用：%(operators)s。")
            said = {"field": field.label, "operators": "、".join(fitting)}
            self.add_error(f"operator_{n}", words % said)
            return None
        row = self._valued(n, Row(name, operator, value, over), field)
        if row is None:
            return None
        try:
            read_condition(write_row(row), vocabulary())
        except EngineError as error:
            _refuse(self, f"value_{n}", error, field.label)
            return None
        return row

    def _valued(self, n: int, row: Row, field: Field) -> Row | None:
        """Return a comparison with its value as the text says it: with its unit, and as the words of a list."""
        if row.operator in ("yes", "no"):
            return Row(row.field, row.operator)
        if not row.value:
            self.add_error(f"value_{n}", gettext("请填值，如 %(example)s。") % {"example": unit_hint(field)})
            return None
        if field.kind not in SIZED:
            words = words_in(row.value)
            if _PLAIN & set(row.value):
                self.add_error(f"value_{n}", gettext("不要用引号，几个值之间用顿号。"))
                return None
            return Row(row.field, row.operator, "、".join(words))
        if row.operator in ("aged", "younger"):
            return Row(row.field, row.operator, row.value)
        try:
            value = row.value if row.over else with_unit(row.value, field)
            if row.over:
                read_number(value, Vocabulary([]))
        except EngineError as error:
            _refuse(self, f"value_{n}", error, field.label)
            return None
        return Row(row.field, row.operator, value, row.over)

    def shown(self, name: str) -> Shown:
        """Return what was filled in as a condition of this id."""
        values = self.cleaned_data
        return Shown(
            name,
            values["text"].strip(),
            values["article"],
            values["is_unconfirmed"],
            values["join"],
            values["rows"],
        )


def with_unit(value: str, field: Field) -> str:
    """Return a value that a field may have, with the unit of the field where none is written; raises EngineError."""
    value = value.replace(" ", "").replace("％", "%").replace(",", "")
    if field.kind is Kind.DATE:
        found = read_fact(value, field)
        return found.isoformat() if isinstance(found, date) else value
    read_fact(value, field)
    try:
        read_condition(f"{field.name} >= {value}", vocabulary())
    except EngineError as error:
        if error.code != "unit_missing":
            raise
        return value + field.unit
    return value


class GrantForm(ZForm):
    """What is granted: in words, and how much."""

    text = text_box(_("支持内容（给企业看的话）"), 200, required=True)
    way = forms.ChoiceField(
        label=_("金额"),
        choices=(
            ("none", _("算不出金额")),
            ("fixed", _("固定金额")),
            ("share", _("某项的百分比")),
            ("bands", _("分档")),
        ),
    )
    amount = text_box(_("固定金额"), 40, help_text=_("如 20万元"))
    share = text_box(_("百分比"), 20, help_text=_("如 10%"))
    of = field_choice(_("按哪一项"), sized=True)
    cap = text_box(_("最高不超过"), 40, help_text=_("如 20万元；不填为不封顶"))
    group = text_box(_("互斥组"), 40, help_text=_("同组只能享受一项，用同一个名字"))
    effort = forms.ChoiceField(
        label=_("办理难易"),
        choices=[
            ("0", _("0 不用交材料")), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", _("5 最费事")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(BANDS):
            self.fields[f"upto_{n}"] = text_box(_("不超过（最后一档不填）"), 40)
            self.fields[f"band_{n}"] = text_box(_("金额"), 40)

    @property
    def band_fields(self) -> list[list[forms.BoundField]]:
        """Return the controls of each band."""
        return [[self[f"upto_{n}"], self[f"band_{n}"]] for n in range(BANDS)]

    @staticmethod
    def of_grant(grant: Grant) -> dict[str, Any]:
        """Return a benefit, for filling in."""
        values: dict[str, Any] = {
            name: getattr(grant, name) for name in ("text", "way", "amount", "share", "of", "cap", "group")
        }
        for n, (upto, amount) in enumerate(grant.bands):
            values |= {f"upto_{n}": upto, f"band_{n}": amount}
        return values | {"effort": str(grant.effort)}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        way = values.get("way", "none")
        wanted = {"fixed": ("amount",), "share": ("share", "of"), "bands": ("of",)}.get(way, ())
        for name in wanted:
            if not values.get(name) and name not in self.errors:
                self.add_error(name, gettext("请填写。"))
        for name in ("amount", "cap"):
            if values.get(name):
                values[name] = self._money(name, values[name])
        if (
            way == "share"
            and not str(values.get("share", "")).strip().rstrip("%％").replace(".", "", 1).isdigit()
        ):
            self.add_error("share", gettext("请填百分比，如 10%。"))
        bands = [
            (values.get(f"upto_{n}", ""), self._money(f"band_{n}", values[f"band_{n}"]))
            for n in range(BANDS)
            if values.get(f"band_{n}")
        ]
        values["bands"] = tuple(bands) if way == "bands" else ()
        if way == "bands" and (not bands or any(not upto for upto, _amount in bands[:-1]) or bands[-1][0]):
            self.add_error("upto_0", gettext("每档写明不超过多少，从小到大，最后一档不填。"))
        return values

    def _money(self, name: str, value: str) -> str:
        value = value.replace(" ", "").replace(",", "")
        try:
            read_fact(value, Field("amount", Kind.MONEY, gettext("金额")))
        except EngineError as error:
            _refuse(self, name, error, gettext("金额"))
        return value

    def grant(self) -> Grant:
        """Return what was filled in."""
        values = self.cleaned_data
        way = values["way"]
        share = values["share"].strip().rstrip("%％") + "%" if way == "share" else ""
        return Grant(
            values["text"].strip(),
            way,
            values["amount"] if way == "fixed" else "",
            share,
            values["of"] if way in ("share", "bands") else "",
            values["bands"],
            values["cap"] if way != "none" else "",
            values["group"].strip(),
            int(values["effort"]),
        )


class TrialForm(ZForm):
    """A test: a firm by its facts, a day, and the answer that is right."""

    name = text_box(_("算例名称"), 60, required=True)
    as_of = day_box(_("哪一天"), required=True)
    expect = forms.ChoiceField(
        label=_("应当是"),
        choices=(("eligible", _("符合")), ("ineligible", _("不符合")), ("unknown", _("待核实"))),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(FACTS):
            self.fields[f"fact_{n}"] = field_choice(_("字段"))
            self.fields[f"value_{n}"] = text_box(_("值"), 200)

    @property
    def fact_fields(self) -> list[list[forms.BoundField]]:
        """Return the controls of each fact."""
        return [[self[f"fact_{n}"], self[f"value_{n}"]] for n in range(FACTS)]

    @staticmethod
    def of(trial: Trial) -> dict[str, Any]:
        """Return a test, for filling in."""
        values: dict[str, Any] = {"name": trial.name, "as_of": trial.as_of, "expect": trial.expect}
        for n, (name, value) in enumerate(trial.facts):
            shown = {"true": gettext("是"), "false": gettext("否")}.get(value, value)
            values |= {f"fact_{n}": name, f"value_{n}": shown}
        return values

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["facts"] = tuple(self._facts(values))
        return values

    def _facts(self, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        for n in range(FACTS):
            name, value = values.get(f"fact_{n}"), str(values.get(f"value_{n}") or "").strip()
            if not name or not value:
                continue
            field = vocabulary()[name]
            try:
                read = read_fact(value, field)
                kept = with_unit(value, field) if field.kind in SIZED else value
            except EngineError as error:
                _refuse(self, f"value_{n}", error, field.label)
                continue
            yield name, str(read).lower() if isinstance(read, bool) else kept

    def trial(self) -> Trial:
        """Return what was filled in."""
        values = self.cleaned_data
        return Trial(values["name"].strip(), values["as_of"].isoformat(), values["facts"], values["expect"])


class RulesForm(ZForm):
    """The text of rules, which is what is saved."""

    rules = forms.CharField(
        label=_("文本形式"),
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "wrap": "off"}),
    )

    def clean_rules(self) -> str:
        return str(self.cleaned_data["rules"]).replace("\r\n", "\n")
