"""Forms as this product shows them: what a control looks like, and fields that read what people type."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BoundField
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.wording import listed, sentences
from zhuchao.engines import EngineError
from zhuchao.engines.units import MISSING, from_base, parse_quantity, to_base, unit_named

DAY_FORMAT = "%Y-%m-%d"
SHORT_DAY = re.compile(r"(\d{2})(\d{2})|(\d{1,2})[-./月](\d{1,2})日?")
WHOLE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
MOST_CHOICES = 200
MOST_NAMED = 20
FEW = 3
NAMED = "="
# A key of a row has at most 19 digits; 18 always fit.
FEW_DIGITS = 18
SEPARATORS = re.compile(r"[、；;\n\r]+")


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put a refusal on the form, by the field it names where there is one, so that nothing typed is lost."""
    named = str(error.data.get("field", ""))
    sentence = str(error)
    labels = {str(field.label): name for name, field in form.fields.items()}
    target = named if named in form.fields else labels.get(named)
    if target and error.data.get("why"):
        sentence = str(error.data["why"])
    if error.next_sentence:
        sentence = sentences((sentence, error.next_sentence))
    form.add_error(target, sentence)


def as_control(bound: BoundField) -> SafeString:
    """Return a field's control with the look of the product, and tied to its help and its errors."""
    widget = bound.field.widget
    if isinstance(widget, forms.DateInput):
        # A box that takes 0615 as well as 2026-06-15, with the browser's calendar beside it.
        widget.input_type, widget.format = "text", DAY_FORMAT
        widget.attrs = {"data-day": "", "inputmode": "numeric", "placeholder": "2026-06-15"} | widget.attrs
    attrs: dict[str, Any] = {"class": f"{_look(widget)} {widget.attrs.get('class', '')}".strip()}
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    described = [f"{bound.auto_id}_error"] if bound.errors else []
    described += [f"{bound.auto_id}_help"] if bound.help_text else []
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        # The template shows its choices one by one, and each takes the look from here.
        widget.attrs |= {"class": attrs["class"]}
        return SafeString()
    return bound.as_widget(attrs=attrs)


def field_groups(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Return [{title, fields}] of a form's visible fields: its ``groups``, then those that are in none."""
    left = {bound.name: bound for bound in form.visible_fields()}
    groups = []
    for title, names in getattr(form, "groups", ()):
        fields = [left.pop(name) for name in names if name in left]
        if fields:
            groups.append({"title": title, "fields": fields})
    if left:
        groups.append({"title": "", "fields": list(left.values())})
    return groups


def read_day(text: str, year: int) -> date | None:
    """Return the day that was typed: 2026-06-15, 20260615, or 0615 and 6.15 of ``year``; None for none of these.

    >>> read_day("0615", 2026), read_day("2026年6月15日", 2020), read_day("0231", 2026)
    (datetime.date(2026, 6, 15), datetime.date(2026, 6, 15), None)
    """
    text = text.strip()
    whole, short = WHOLE_DAY.fullmatch(text), SHORT_DAY.fullmatch(text)
    if whole:
        numbers = [int(part) for part in whole.groups() if part]
    elif short:
        numbers = [year, *(int(part) for part in short.groups() if part)]
    else:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


class DayInput(forms.DateInput):
    """A box for a day that reads 0615 as June 15 of the zone's present year."""

    year: int | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        day = read_day(typed, self.year or timezone.localdate().year) if isinstance(typed, str) else None
        return day.isoformat() if day else typed


class ZForm(forms.Form):
    """A form of the product. ``groups`` names its fields in groups; those not named come last.

    With ``zone`` amounts are read and shown in its custom unit, and a day without a year is of its year.
    """

    groups: Iterable[tuple[Any, Iterable[str]]] = ()

    def __init__(self, *args: Any, zone: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demo_day = getattr(zone, "demo_day", None)
        for field in self.fields.values():
            if isinstance(field, MoneyField) and zone is not None:
                field.use_unit(zone.money_unit)
            if isinstance(field, forms.DateField) and isinstance(field.widget, forms.DateInput):
                day = DayInput(attrs=field.widget.attrs, format=DAY_FORMAT)
                day.is_required, day.year = field.widget.is_required, demo_day.year if demo_day else None
                field.widget = day
            if isinstance(field, forms.ModelChoiceField) and str(field.empty_label).startswith("---"):
                field.empty_label = MISSING


class VoidForm(ZForm):
    """Why an entry is voided."""

    reason = forms.CharField(
        label=gettext_lazy("作废原因"),
        max_length=200,
        help_text=gettext_lazy("原因会永久保留在台账中"),
    )


class EvidenceField(forms.FileField):
    """A file that shows what an entry says; the view keeps it with ``kept_evidence``."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "label": gettext_lazy("佐证材料"),
            "help_text": gettext_lazy("协议、许可证、照片、发票等，PDF、图片或 Office 文件"),
        }
        super().__init__(**words | {"required": False} | kwargs)


class QuantityField(forms.Field):
    """A number with its unit: what is typed is read in ``unit`` unless it names another of its kind.

    Cleans to the base unit (yuan, m², a ratio): ``1.2亿`` in a box of 万元 is 120000000.00. ``initial`` is in the
    base unit too.
    """

    default_error_messages = {
        "unreadable": gettext_lazy("“%(text)s”不是能识别的数量，例如 3500 或 1.2亿元。"),
        "conflict": gettext_lazy("“%(text)s”的单位与这一栏不符，这一栏以%(unit)s计。"),
        "negative": gettext_lazy("不能小于 0。"),
        "too_large": gettext_lazy("数量过大，请核对单位。"),
    }

    def __init__(self, *, unit: str, may_be_negative: bool = False, digits: int = 18, **kwargs: Any) -> None:
        self.may_be_negative = may_be_negative
        self.digits = digits
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.use_unit(unit)

    def use_unit(self, unit: str) -> None:
        """Read and show amounts in another unit of the same kind."""
        self.unit = unit_named(unit)
        self.widget.attrs["data-unit"] = unit

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, (Decimal, int, Fraction)) and not isinstance(value, bool):
            shown = f"{from_base(Fraction(value), self.unit):f}"
            return shown.rstrip("0").rstrip(".") if "." in shown else shown
        return value

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        try:
            found = parse_quantity(text, self.unit)
        except EngineError as error:
            kind = "conflict" if error.code in {"unit_conflict", "currency_conflict"} else "unreadable"
            raise ValidationError(
                self.error_messages[kind], kind, {"text": text, "unit": self.unit}
            ) from error
        base = to_base(found.value, found.unit)
        if base < 0 and not self.may_be_negative:
            raise ValidationError(self.error_messages["negative"], "negative")
        if abs(base) >= Decimal(10) ** (self.digits - 2):
            raise ValidationError(self.error_messages["too_large"], "too_large")
        return base

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class MoneyField(QuantityField):
    """An amount that people type as 3500, 3500万元 or 1.2亿; cleans to yuan. The unit is the zone's custom."""

    def __init__(self, *, unit: str = "万元", **kwargs: Any) -> None:
        super().__init__(unit=unit, **kwargs)


class AreaField(QuantityField):
    """An area that people type as 500, 500平方米 or 12.5亩; cleans to m²."""

    def __init__(self, *, unit: str = "㎡", **kwargs: Any) -> None:
        super().__init__(unit=unit, **kwargs)


class RecordSelect(forms.Select):
    """A select that becomes a search box with JavaScript, asking ``url`` for ``?q=`` and reading id and text."""

    def __init__(self, url: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-records": url} | (attrs or {}))


class _FirstChoices(ModelChoiceIterator):  # type: ignore[type-arg]
    """The first rows to choose from, and always the one that is chosen."""

    def __iter__(self) -> Iterator[Any]:
        field: RecordChoice | RecordsChoice = self.field  # type: ignore[assignment]
        if field.empty_label is not None:
            yield "", field.empty_label
        seen = set()
        for row in self.queryset[:MOST_CHOICES]:
            seen.add(str(field.prepare_value(row)))
            yield self.choice(row)
        for row in field.chosen_rows(seen):
            yield self.choice(row)

    def __len__(self) -> int:
        return len(self.queryset[:MOST_CHOICES]) + (self.field.empty_label is not None)


class _Records:
    """What fields that choose records share: the address that answers a search, and the rows that are chosen."""

    widget: Any
    queryset: Any
    to_field_name: str | None
    chosen: list[Any]

    @property
    def url(self) -> str:
        return str(self.widget.attrs.get("data-records", ""))

    @url.setter
    def url(self, address: str) -> None:
        self.widget.attrs["data-records"] = address

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        bound: BoundField = super().get_bound_field(form, field_name)  # type: ignore[misc]
        value = bound.value()
        values = value if isinstance(value, (list, tuple, QuerySet)) else [value]
        self.chosen = [one for one in values if one not in (None, "") and not str(one).startswith(NAMED)]
        return bound

    def chosen_rows(self, seen: set[str]) -> list[Model]:
        """Return the rows that are chosen and not among ``seen``."""
        if self.queryset is None:
            return []
        keys = [key.pk if isinstance(key, Model) else key for key in self.chosen]
        wanted = [key for key in keys if str(key) not in seen and not is_no_key(key)]
        name = self.to_field_name or "pk"
        try:
            return list(self.queryset.filter(**{f"{name}__in": wanted})) if wanted else []
        except (ValueError, TypeError):
            return []


class RecordChoice(_Records, forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record chosen from ``queryset``: the first two hundred as a plain select, any of them by searching.

    ``url`` answers ``?q=`` with JSON: ``{"items": [{"id", "text", "detail"}]}``; without one the select searches
    its own options. Pass ``queryset`` in the form's ``__init__``, from the app's ``visible_x(actor)``.
    """

    iterator = _FirstChoices
    widget = RecordSelect

    def __init__(self, queryset: QuerySet[Any] | None = None, *, url: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "")
        super().__init__(queryset, **kwargs)
        self.url = url
        self.chosen = []


class RecordsSelect(forms.SelectMultiple):
    """A select of several that becomes a search box with the chosen ones above it.

    Without JavaScript a box below the select takes the names of those that are not among its options.
    """

    def __init__(self, url: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-records": url, "size": 8} | (attrs or {}))
        self.takes_names = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        keys = super().value_from_datadict(data, files, name) or []
        named = SEPARATORS.split(data.get(f"{name}-named", "")) if self.takes_names else []
        return [*keys, *(f"{NAMED}{text.strip()}" for text in named if text.strip())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = super().render(name, value, attrs, renderer)
        if not self.takes_names:
            return shown
        typed = [str(one).removeprefix(NAMED) for one in value or () if str(one).startswith(NAMED)]
        return shown + format_html(
            '<noscript><input type="text" class="form-control mt-2" name="{}-named" value="{}" aria-label="{}" placeholder="{}">'
            "</noscript>",
            name,
            listed(typed),
            gettext("列表里没有的"),
            gettext("列表里没有的写在这里，用顿号隔开"),
        )


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows by their keys; a key that no database can hold is no choice, as any other that is not there."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if is_no_key(key):
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, "invalid_choice", {"value": str(key)[:FEW_DIGITS]})
        return super().clean(value)


def is_no_key(key: Any) -> bool:
    """Tell whether a number is larger than a database's keys, or a text holds what none can store."""
    text = str(key)
    return "\0" in text or (text.isdecimal() and len(text) > FEW_DIGITS)


class RecordsChoice(_Records, RowsField):
    """Several records chosen from ``queryset``, as ``RecordChoice`` chooses one.

    ``lookup`` narrows the rows to those a text names; with it a reader without JavaScript can name any row.
    """

    iterator = _FirstChoices
    empty_label = None
    widget = RecordsSelect
    default_error_messages = {
        "none_named": gettext_lazy("没有找到“%(text)s”。"),
        "many_named": gettext_lazy("“%(text)s”不止一处：%(rows)s。请写得更完整。"),
    }

    def __init__(
        self,
        queryset: QuerySet[Any] | None = None,
        *,
        url: str = "",
        lookup: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(queryset, **kwargs)
        self.url = url
        self.chosen = []
        self.lookup = lookup
        self.widget.takes_names = lookup is not None

    def clean(self, value: Any) -> Any:
        said = [str(one) for one in value or ()]
        keys = [one for one in said if not one.startswith(NAMED)]
        keys += [self._named(one.removeprefix(NAMED)) for one in said if one.startswith(NAMED)]
        return super().clean(keys)

    def _named(self, text: str) -> str:
        assert self.lookup is not None, "the widget passes names on only to a field that can look them up"
        rows = list(self.lookup(self.queryset, text)[:MOST_NAMED])
        rows = [row for row in rows if str(row) == text] or rows
        if not rows:
            raise ValidationError(self.error_messages["none_named"], "none_named", {"text": text})
        if len(rows) > 1:
            words = {"text": text, "rows": listed(rows[:FEW])}
            raise ValidationError(self.error_messages["many_named"], "many_named", words)
        return str(self.prepare_value(rows[0]))


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.CheckboxInput)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
