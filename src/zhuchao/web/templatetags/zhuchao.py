"""Template tags and filters of the product: ``{% load zhuchao %}``."""

from collections.abc import Iterable
from html import unescape
from typing import Any

from django import forms, template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, SelectMultiple
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from zhuchao.apps.core import wording
from zhuchao.apps.core.errors import Stale

from .. import editing, printing
from ..forms import as_control, field_groups
from ..icons import icon
from ..shell import is_allowed

register = template.Library()
register.simple_tag(icon)


@register.filter
def money(amount: Any, zone: Any = None) -> str:
    """Return an amount in yuan in the zone's custom unit: ``{{ lead.planned_cny|money:zone }}``."""
    return printing.money(amount, zone)


@register.filter
def area(area_m2: Any, unit: str = "㎡") -> str:
    """Return an area in m², or in 亩 where asked: ``{{ site.area_m2|area:"亩" }}``."""
    return printing.area(area_m2, unit)


@register.filter
def percent(ratio: Any) -> str:
    """Return a ratio as a percentage with one decimal."""
    return printing.percent(ratio)


@register.filter
def points(value: Any) -> str:
    """Return a difference of rates in percentage points, with its sign."""
    return printing.points(value)


@register.filter
def number(value: Any) -> str:
    """Return a number with thousands separators and at most two decimals."""
    return printing.plain_number(value)


@register.filter
def day(value: Any) -> str:
    """Return a day as 2026-06-15, "—" when missing."""
    return printing.day(value)


@register.filter
def moment(value: Any) -> SafeString:
    """Return a moment: relative under a day, else its day; the exact one on hover."""
    if not value:
        return format_html("{}", printing.MISSING)
    iso = value.isoformat() if hasattr(value, "isoformat") else ""
    text, exact = printing.moment(value), printing.exact_moment(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, exact, text)


@register.filter
def exact(value: Any) -> str:
    """Return a moment to the minute: 2026-06-15 14:32."""
    return printing.exact_moment(value)


@register.filter
def missing(value: Any) -> Any:
    """Return the value, or "—" where there is none."""
    return printing.MISSING if value is None or value == "" else value


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Return words as an enumeration: ``{{ person.skills|listed }}``."""
    return wording.listed(words)


@register.filter
def colon(label: Any) -> str:
    """Return a label with the colon of the language: ``{{ _("成员")|colon }}``."""
    return wording.colon(label)


@register.filter
def comma(text: Any) -> str:
    """Return a part of a sentence with the comma of the language."""
    return wording.comma(text)


@register.filter
def bracketed(text: Any) -> str:
    """Return a text in brackets behind what it explains, nothing for nothing: ``{{ head.unit|bracketed }}``."""
    return wording.bracketed(text)


@register.filter
def in_unit(number: Any, unit: Any) -> str:
    """Return a number that is written out with its unit: ``{{ figure.value_text|in_unit:indicator.show_unit }}``."""
    return wording.in_unit(number, unit)


@register.filter
def unit_word(unit: Any) -> str:
    """Return a unit as the reader's language names it: ``{{ indicator.show_unit|unit_word }}``."""
    return wording.unit_word(unit)


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, *, with_help: bool = True) -> SafeString:
    """Return a form field: label, control, unit, help, errors: ``{% field form.area %}``.

    After two people edited at once the address carries what this person had typed and chose to keep
    (``take-NAME=mine`` and ``mine-NAME``); it stands in the field again, marked.
    """
    is_mine = _take_mine(bound, context.get("request"))
    return render_to_string(
        "web/parts/field.html", field_context(bound) | {"is_mine": is_mine, "with_help": with_help}
    )


def _take_mine(bound: BoundField, request: HttpRequest | None) -> bool:
    if request is None or bound.form.is_bound or request.GET.get(f"take-{bound.html_name}") != "mine":
        return False
    values = request.GET.getlist(f"mine-{bound.html_name}")
    several = isinstance(bound.field.widget, (SelectMultiple, CheckboxSelectMultiple))
    bound.form.initial = {**bound.form.initial, bound.name: values if several else next(iter(values), "")}
    bound.__dict__.pop("initial", None)
    return True


def field_context(bound: BoundField) -> dict[str, Any]:
    """Return what ``web/parts/field.html`` shows of a field."""
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    return {
        "field": bound,
        "control": as_control(bound),
        "unit": wording.unit_word(widget.attrs.get("data-unit", "")),
        "is_check": is_check,
        "is_group": is_group,
        "is_hidden": bound.is_hidden,
    }


@register.simple_tag(takes_context=True)
def may(context: Context, verb: str, thing: str) -> bool:
    """Return whether the person may: ``{% may "change" "lead" as can_change %}``."""
    request: HttpRequest | None = context.get("request")
    return request is not None and is_allowed(request, verb, thing)


@register.inclusion_tag("web/parts/light.html")
def light(colour: str, word: str = "") -> dict[str, Any]:
    """Return a light with its shape and its word: ``{% light "red" "逾期" %}``."""
    return {"colour": colour, "word": word}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the address of this page with parameters changed: ``{% query tab="files" %}``; None takes one away."""
    asked = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    text = asked.urlencode()
    return f"?{text}" if text else context["request"].path


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> str:
    """Return the text of a block that stands elsewhere on the page: ``{% again "title" %}``."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    return " ".join(unescape(strip_tags(block.render(context))).split()) if block is not None else ""


@register.filter
def css_text(text: str) -> str:
    """Return a text as CSS quotes it, for a variable that a style sheet prints."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{plain}"'


@register.filter
def at(values: Any, key: Any) -> Any:
    """Return the item of a list or mapping, None where there is none: ``{{ heads|at:2 }}``."""
    try:
        return values[key]
    except (KeyError, IndexError, TypeError):
        return None


@register.filter
def unlocalised(value: Any) -> str:
    """Return a key as programs read it: without the thousands separators of a reader's language."""
    return str(value)


@register.filter
def grouped(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Return the visible fields of a form in its ``groups``; those in none come last, without a title."""
    return field_groups(form)


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """Return how many errors a form shows."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def posted_values(posted: QueryDict, name: str) -> list[str]:
    """Return everything a form posted under a name."""
    return posted.getlist(name)


@register.filter
def differences(error: Stale) -> list[editing.Difference]:
    """Return both versions of a row that a refusal carries, field by field."""
    return editing.differences(error)
