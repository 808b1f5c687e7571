"""A form that does something: shown, refused, done; and what two people who edit one row at once are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, Stale

from .forms import refuse
from .lists.page import Text
from .printing import money

# What a person cannot mend on the form goes its usual way.
NOT_FOR_THE_FORM = frozenset({403, 404})
MONEY_UNITS = frozenset({"元", "万元", "亿元"})


@dataclass(frozen=True)
class Difference:
    """A field of a row that somebody else saved in between: what is there now, and what this person sent.

    ``take_theirs`` and ``take_yours`` are the same as a control holds it, None where no control is at hand.
    """

    name: str
    label: str
    theirs: str
    yours: str
    take_theirs: str | None = None
    take_yours: str | None = None

    @property
    def is_different(self) -> bool:
        return self.theirs != self.yours


def form_response(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: Text,
    cancel_url: str,
    version: int | None = None,
    template: str = "web/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks in one transaction and answer with what ``act`` answers.

    A refusal stands on the form, so that nothing typed is lost. ``version`` is that of the row as it is shown: when
    somebody else saved in between, both versions are shown and the next save is against theirs.
    """
    status = 200
    if request.method == "POST":
        status = 422
        version = version if version is None else seen_version(request)
        _take_theirs(form)
        if form.is_valid():
            try:
                with transaction.atomic():
                    return act(dict(form.cleaned_data))
            except Stale as error:
                status, version = error.http_status, error.data["version"]
                context |= {"conflict": error, "differences": differences(error, form)}
            except DomainError as error:
                if error.http_status in NOT_FOR_THE_FORM:
                    raise
                refuse(form, error)
                context["candidates"] = error.data.get("candidates", ())
    context = {"form": form, "title": title, "cancel_url": cancel_url, "version": version, **context}
    return render(request, template, context, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, an empty form too, or None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def seen_version(request: HttpRequest) -> int:
    """Return the version of the row that the form was opened with; 0, which no row has, when it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def differences(error: Stale, form: forms.BaseForm | None = None) -> list[Difference]:
    """Return both versions of a row, field by field, under the labels of the form and else those of the row."""
    theirs, yours = error.data.get("theirs", {}), error.data.get("yours", {})
    labels = error.data.get("labels", {})
    found = []
    for name, value in yours.items():
        other = theirs.get(name, "")
        field = form.fields.get(name) if form is not None else None
        if form is None or field is None:
            found.append(Difference(name, str(labels.get(name, name)), _shown(other), _shown(value)))
            continue
        bound, unit = form[name], str(field.widget.attrs.get("data-unit", ""))
        found.append(
            Difference(
                name=bound.html_name,
                label=str(field.label or labels.get(name, name)),
                theirs=_shown(other, unit),
                yours=_shown(value, unit),
                take_theirs=_held(bound, bound.initial),
                take_yours=_held(bound, bound.value()),
            )
        )
    return found


def _shown(value: Any, unit: str = "") -> str:
    """Return a value as both versions show it: amounts in the unit of the form, yes and no in words."""
    if value in ("True", "False"):
        return _("是") if value == "True" else _("否")
    return money(value, unit) if unit in MONEY_UNITS and value else str(value)


def _held(bound: forms.BoundField, value: Any) -> str:
    """Return a value as the field's control holds it, empty for none."""
    if isinstance(value, bool) and isinstance(bound.field, forms.BooleanField):
        return "True" if value else ""
    held = bound.field.widget.format_value(bound.field.prepare_value(value))
    if isinstance(held, (list, tuple)):
        return next((str(one) for one in held), "")
    return "" if held is None else str(held)


def _take_theirs(form: forms.BaseForm) -> None:
    """Put what is there now into every field of which the other version was chosen (``take-NAME=theirs``)."""
    data: Any = form.data
    chosen = [name for name in form.fields if data.get(f"take-{form.add_prefix(name)}") == "theirs"]
    if not chosen:
        return
    data = data.copy()
    for name in chosen:
        bound = form[name]
        held = bound.field.prepare_value(bound.initial)
        if isinstance(held, Iterable) and not isinstance(held, str):
            data.setlist(bound.html_name, [str(one) for one in held])
        else:
            data[bound.html_name] = _held(bound, bound.initial)
    form.data = data
