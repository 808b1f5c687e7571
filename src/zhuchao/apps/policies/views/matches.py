"""速配 of one firm: every policy in force, what to ask next, what would be if, and the facts that all rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import clauses
from zhuchao.apps.enterprises import selectors as enterprises
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import FactValue, Field
from zhuchao.engines.rules.graph import fields_with_guards
from zhuchao.engines.rules.one import keep_facts
from zhuchao.engines.rules.stating import fact_of, read_fact
from zhuchao.web import editing
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors
from ..forms.facts import FactForm
from ..models import Answer, FirmFact
from ..selectors.explaining import LineWords, in_words
from ..selectors.facts import Known, get_fact, stated_of
from ..selectors.matches import FirmMatches, match_firm
from ..selectors.related import may_match
from ..selectors.rules import vocabulary
from ..services.facts import KEPT_ELSEWHERE, state_fact, void_fact
from ..wording import say, show_kept, show_yuan

ASKED_FIRST = 5
SHOWN_FIRST = 6
_IF = "if_"


@dataclass(frozen=True)
class Group:
    """The policies that have the same answer for a firm; those that do not take it are folded away."""

    answer: Answer
    title: str
    hint: str
    lines: tuple[LineWords, ...]

    @property
    def is_folded(self) -> bool:
        return self.answer is Answer.INELIGIBLE

    @property
    def shown(self) -> tuple[LineWords, ...]:
        return self.lines if self.is_folded else self.lines[:SHOWN_FIRST]

    @property
    def rest(self) -> tuple[LineWords, ...]:
        return self.lines[len(self.shown) :]


@login_required
@require_GET
def firm_policies(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what every policy in force says of a firm; with ``if_FIELD=VALUE`` as it would be, beside how it is."""
    firm = _firm(request, pk)
    day = zones.today(firm.zone)
    changes, refused = _changes(request.GET)
    now = match_firm(firm, day=day, with_gaps=not changes)
    shown = match_firm(firm, day=day, changes=changes) if changes else now
    asked = _asked(shown)
    context = {
        "record": firm,
        "firm": firm,
        "day": day,
        "may_file": zones.may(request.user, Verb.ADD, Thing.FILING, firm.zone_id),
        "may_void": zones.may(request.user, Verb.VOID, Thing.FILING, firm.zone_id),
        "may_apply": zones.may(request.user, Verb.ADD, Thing.APPLICATION, firm.zone_id),
        "apply_query": f"?{urlencode({'firm': firm.name})}",
        "visible": set(selectors.visible_policies(request.user).values_list("pk", flat=True)),
        "headline": _headline(shown),
        "groups": list(_groups(shown)),
        "best": show_yuan(shown.best.amount) if shown.best.amount else "",
        "questions": [
            (field, _asked_at(firm, field), one.settles, one.helps)
            for field, one in shown.questions[:ASKED_FIRST]
        ],
        "known": _known(now.known, asked),
        "stated": list(_stated(request, firm)),
        "fields": asked,
        "changes": [(vocabulary()[name], request.GET[_IF + name]) for name in changes],
        "moved": list(_moved(now, shown)) if changes else [],
        "refused": refused,
    }
    return render(request, "policies/firm_policies.html", context)


@login_required
def fact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """State a fact of a firm."""
    actor, firm = person_of(request), _firm(request, pk)
    zones.require(actor, Verb.ADD, Thing.FILING, firm.zone_id)
    initial = {"on": zones.today(firm.zone), "field": request.GET.get("field", ""), "source": _("企业申报")}
    form = FactForm(editing.posted(request), initial=initial, zone=firm.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        entry = state_fact(actor=actor, enterprise=firm, **values)
        said = {"label": vocabulary()[entry.field].label, "value": _shown(entry)}
        messages.success(request, _("已登记%(label)s：%(value)s。") % said)
        return redirect("firm-policies", pk=firm.pk)

    return editing.form_response(
        request,
        form,
        act,
        title=_("登记企业事实"),
        cancel_url=reverse("firm-policies", args=[firm.pk]),
        template="policies/firm_form.html",
        firm=firm,
    )


@login_required
def fact_void(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a stated fact away, with the reason."""
    actor = person_of(request)
    entry = get_fact(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FILING, entry.zone_id)
    back = reverse("firm-policies", args=[entry.enterprise_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        void_fact(actor=actor, entry=entry, **values)
        messages.success(request, _("已作废。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        # A field that is not asked about any more has no label.
        title=_("作废：%(label)s")
        % {"label": vocabulary()[entry.field].label if entry.field in vocabulary() else entry.field},
        cancel_url=back,
        template="policies/firm_form.html",
        firm=entry.enterprise,
    )


def _firm(request: HttpRequest, pk: int) -> Enterprise:
    """Return a firm whose policies the person may see; a merged one is matched where it lives on."""
    firm = enterprises.survivor_of(enterprises.get_enterprise(request.user, pk))
    if not may_match(request.user, firm.zone_id):
        raise NotFound(what=_("该企业"))
    return firm


def _changes(asked: Mapping[str, str]) -> tuple[dict[str, FactValue | None], list[str]]:
    """Return the values to suppose, and what cannot be read, in words."""
    changes: dict[str, FactValue | None] = {}
    refused = []
    for key, text in asked.items():
        name = key.removeprefix(_IF)
        if key == name or not text.strip() or name not in vocabulary():
            continue
        field = vocabulary()[name]
        try:
            changes[name] = read_fact(text, field)
        except EngineError as error:
            refused.append(f"{field.label}：{say(error, field.label)}")
    return changes, refused


def _asked(matches: FirmMatches) -> list[Field]:
    """Return the fields that the policies ask about, in the order in which they are declared."""
    names = {
        name
        for line in matches.lines
        for condition in line.conditions
        for said in condition.explained.answers
        for name in fields_with_guards(said.condition)
    }
    return [field for field in vocabulary() if field.name in names]


def _asked_at(firm: Enterprise, field: Field) -> str:
    """Return where a fact is entered: what the register keeps on its form, anything else as a stated fact."""
    if field.name in KEPT_ELSEWHERE:
        return reverse("enterprise-edit", args=[firm.pk])
    return reverse("firm-fact-add", args=[firm.pk]) + f"?field={field.name}"


def _headline(matches: FirmMatches) -> str:
    counts = [
        (_("符合 {n} 项"), Answer.ELIGIBLE),
        (_("待核实 {n} 项"), Answer.UNKNOWN),
        (_("只差一项的 {n} 项"), Answer.NEAR),
        (_("不符合 {n} 项"), Answer.INELIGIBLE),
    ]
    return clauses(words.format(n=len(matches.of(answer))) for words, answer in counts)


def _groups(matches: FirmMatches) -> Iterable[Group]:
    titles = {
        Answer.ELIGIBLE: (_("符合"), _("按金额从高到低，其次是办起来省事的。")),
        Answer.UNKNOWN: (_("待核实"), _("补齐缺的事实就有结论，缺得少的在前。")),
        Answer.NEAR: (_("只差一项"), _("补上这一项就符合；怎么补，已逐一验算。")),
        Answer.INELIGIBLE: (_("不符合"), _("每项都写明是哪一条不满足。")),
    }
    for answer, (title, hint) in titles.items():
        lines = tuple(in_words(line, matches.known) for line in matches.of(answer))
        if lines:
            yield Group(answer, title, hint, lines)


def _known(known: Known, asked: Iterable[Field]) -> list[tuple[Field, str, str, str]]:
    """Return what is known of a firm, then what is not: field, value, where it comes from, and where that is opened."""
    kept = keep_facts(known.values, vocabulary())
    rows = []
    for field in asked:
        origin = known.origins.get(field.name)
        if origin is None:
            rows.append((field, "", "", ""))
        else:
            rows.append(
                (field, show_kept(kept[field.name], field), origin.said, _opened(origin.kind, origin.pk))
            )
    return sorted(rows, key=lambda row: not row[1])


def _opened(kind: str, pk: int | None) -> str:
    """Return where a value is opened to the entry that says it."""
    names = {
        "filing": "enterprise-filing-detail",
        "enterprise": "enterprise-detail",
        "document": "firm-document-detail",
    }
    return reverse(names[kind], args=[pk]) if pk is not None and kind in names else ""


def _stated(request: HttpRequest, firm: Enterprise) -> Iterable[tuple[FirmFact, str, str]]:
    for row in stated_of(request.user, enterprises.family_ids(firm)):
        if row.field in vocabulary():
            yield row, vocabulary()[row.field].label, _shown(row)


def _shown(entry: FirmFact) -> str:
    field = vocabulary()[entry.field]
    return show_kept(keep_facts({field.name: fact_of(entry.value, field)}, [field])[field.name], field)


def _moved(now: FirmMatches, then: FirmMatches) -> Iterable[tuple[str, str, str]]:
    """Yield the policies whose answer a supposition changes: title, as it is, as it would be."""
    before = {line.version.pk: line.answer for line in now.lines}
    for line in then.lines:
        if before[line.version.pk] is not line.answer:
            yield line.version.policy.title, str(before[line.version.pk].label), str(line.answer.label)
