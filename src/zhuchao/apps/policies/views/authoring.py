"""适用条件: the conditions of a draft written by form and as text, each changing the other, with what they come to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.selectors.jobs import how_far, visible_jobs
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.web import editing
from zhuchao.web.forms import ZForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..errors import VersionPublished
from ..forms.authoring import ConditionForm, GrantForm, RulesForm, TrialForm
from ..models import Answer, PolicyVersion
from ..selectors import sheet_parts, sheets, trials
from ..selectors.explaining import COLOURS, in_words
from ..selectors.matches import firms_to_match, match_firm
from ..selectors.rules import Rules, made_ready_with, text_rules, vocabulary
from ..selectors.rules_text import RulesText, readable
from ..selectors.shifts import counts_of, moves_of
from ..services import comparisons
from ..wording import say
from .records import policy_url

FIRMS = 20
KINDS = ("condition", "grant", "trial")


@dataclass
class Sheet:
    """The text as it stands in the editor, and the part of it that is open in a form."""

    draft: PolicyVersion
    text: str
    opened: str = ""
    at: str = ""
    form: ZForm | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def pieces(self) -> tuple[RulesText | None, EngineError | None]:
        return readable(self.text)

    @property
    def key(self) -> str:
        return f"{self.opened}:{self.at}"


def _draft(request: HttpRequest, pk: int) -> PolicyVersion:
    draft = selectors.get_version(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.POLICY, draft.zone)
    if draft.is_published:
        raise VersionPublished(policy=str(draft.policy), number=draft.number)
    return draft


def _text(request: HttpRequest, draft: PolicyVersion) -> str:
    return request.POST.get("rules", draft.rules).replace("\r\n", "\n")[:100_000]


@login_required
def conditions_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the conditions, the benefit and the tests of a draft, by form or as text; only saving keeps them."""
    draft = _draft(request, pk)
    sheet = Sheet(draft, _text(request, draft))
    verb, _sep, rest = request.POST.get("do", "").partition(":")
    if verb == "save":
        return _saved(request, sheet)
    if request.method == "POST":
        _done(request, sheet, verb, rest)
    status = 422 if sheet.form is not None and sheet.form.is_bound else 200
    version = editing.seen_version(request) if request.method == "POST" else draft.version
    context = _context(request, sheet) | {
        "form": RulesForm(initial={"rules": sheet.text}),
        "version": version,
    }
    return render(request, _template(request), context, status=status)


def _template(request: HttpRequest) -> str:
    htmx: Any = getattr(request, "htmx", None)
    return "policies/parts/editor.html" if htmx else "policies/conditions.html"


def _saved(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Save the text; a refusal stands on the page, and when somebody else saved meanwhile, both texts."""
    draft, actor = sheet.draft, person_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        seen = editing.seen_version(request)
        services.change_version(actor=actor, draft=draft, version=seen, rules=values["rules"])
        messages.success(request, _("已保存。"))
        goal = reverse("policy-version-conditions", args=[draft.pk])
        if getattr(request, "htmx", None):
            return HttpResponse(headers={"HX-Redirect": goal})
        return redirect(goal)

    return editing.form_response(
        request,
        RulesForm(request.POST),
        act,
        title=_("适用条件：%(version)s") % {"version": draft},
        cancel_url=policy_url(draft.policy_id),
        version=draft.version,
        template=_template(request),
        **{
            key: value
            for key, value in _context(request, sheet).items()
            if key not in ("title", "cancel_url")
        },
    )


def _done(request: HttpRequest, sheet: Sheet, verb: str, rest: str) -> None:
    """Do what a button of the editor asks with the text; nothing is kept."""
    pieces, _error = sheet.pieces
    kind, _sep, at = rest.partition(":")
    if pieces is None:
        return
    if verb == "edge":
        rules = _rules(sheet)[0]
        sheet.text = trials.with_edge(pieces, rules, rest) if rules is not None else sheet.text
        sheet.notes.append(_("已加上略低、恰好、略高三个算例，答案按现有条件算出，请对照原文核对。"))
    elif kind in KINDS and (at in ("", "new") or at.isdecimal()):
        place = int(at) if at.isdecimal() and len(at) < 6 else None
        work: dict[str, Callable[[], None]] = {
            "open": lambda: _open(sheet, pieces, kind, place),
            "put": lambda: _put(request, sheet, pieces, kind, place),
            "remove": lambda: _remove(sheet, pieces, kind, place),
        }
        work.get(verb, lambda: None)()


def _numbers(draft: PolicyVersion) -> list[str]:
    return [clause.number for clause in selectors.clauses_of(draft)]


def _shown(pieces: RulesText, kind: str, place: int | None) -> Any:
    """Return what the form shows of a place of the text, None for a new one and for what only the text can show."""
    if kind == "grant":
        return sheet_parts.grant_of(pieces)[0]
    if place is None:
        return None
    if kind == "condition":
        lines = sheets.lines_of(pieces, vocabulary())
        return lines[place].shown if place < len(lines) else None
    tests = sheet_parts.trials_of(pieces)
    return tests[place].trial if place < len(tests) else None


def _form(sheet: Sheet, kind: str, shown: Any, data: Any = None) -> ZForm:
    if kind == "condition":
        initial = ConditionForm.of(shown) if shown else {}
        return ConditionForm(data, initial=initial, clauses=_numbers(sheet.draft), prefix="part")
    if kind == "grant":
        return GrantForm(data, initial=GrantForm.of_grant(shown) if shown else {}, prefix="part")
    initial = TrialForm.of(shown) if shown else {"as_of": sheet.draft.effective_from}
    return TrialForm(data, initial=initial, zone=sheet.draft.zone, prefix="part")


def _open(sheet: Sheet, pieces: RulesText, kind: str, place: int | None) -> None:
    shown = _shown(pieces, kind, place)
    if shown is None and (place is not None or (kind == "grant" and pieces.value("benefit") is not None)):
        return
    sheet.opened, sheet.at = kind, "new" if place is None else str(place)
    sheet.form = _form(sheet, kind, shown)


def _put(request: HttpRequest, sheet: Sheet, pieces: RulesText, kind: str, place: int | None) -> None:
    """Write what was filled in into the text; what is wrong stays open with its sentence."""
    shown = _shown(pieces, kind, place)
    if shown is None and (place is not None or (kind == "grant" and pieces.value("benefit") is not None)):
        return
    form: Any = _form(sheet, kind, shown, request.POST)
    if not form.is_valid():
        sheet.opened, sheet.at, sheet.form = kind, "new" if place is None else str(place), form
        return
    if kind == "condition":
        lines = sheets.lines_of(pieces, vocabulary())
        name = shown.id if shown else sheets.free_id(lines, form.cleaned_data["rows"])
        sheet.text = sheets.put_condition(pieces, place, form.shown(name), vocabulary())
    elif kind == "grant":
        sheet.text = sheet_parts.put_grant(pieces, form.grant())
    else:
        sheet.text = sheet_parts.put_trial(pieces, place, form.trial(), vocabulary())


def _remove(sheet: Sheet, pieces: RulesText, kind: str, place: int | None) -> None:
    lists = {"condition": "conditions", "trial": "tests"}
    if kind == "grant" and pieces.value("benefit") is not None:
        sheet.text = pieces.take_out("benefit")
    elif kind in lists and place is not None and place < len(pieces.items(lists[kind])):
        is_condition = kind == "condition"
        sheet.text = (
            sheets.remove_condition(pieces, place) if is_condition else pieces.remove_item("tests", place)
        )


def _rules(sheet: Sheet) -> tuple[Rules | None, EngineError | None]:
    try:
        return text_rules(sheet.draft, sheet.text), None
    except EngineError as error:
        return None, error


def _context(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """Return what the editor shows: both sides, what is wrong, the tests, and the firm that was chosen."""
    pieces, broken = sheet.pieces
    rules, refused = (None, broken) if broken else _rules(sheet)
    draft = sheet.draft
    error = broken or refused
    line = int(str(error.data.get("line") or 0)) if error is not None else 0
    written = sheet.text.splitlines()
    grant, grant_text = sheet_parts.grant_of(pieces) if pieces else (None, "")
    return {
        "title": _("适用条件：%(version)s") % {"version": draft},
        "cancel_url": policy_url(draft.policy_id),
        "draft": draft,
        "policy": draft.policy,
        "sheet": sheet,
        "text": sheet.text,
        "problem": say(error) if error is not None else "",
        "problem_line": line,
        "problem_text": written[line - 1] if 0 < line <= len(written) else "",
        "conditions": _conditions(pieces) if pieces else [],
        "clauses": selectors.clauses_of(draft),
        "may_publish": zones.may(request.user, Verb.MANAGE, Thing.POLICY, draft.zone_id),
        "logic": _said(pieces, "logic"),
        "params": bool(pieces and pieces.value("params")),
        "grant": grant,
        "grant_text": grant_text,
        "trials": sheet_parts.trials_of(pieces) if pieces else [],
        "outcomes": trials.outcomes_of(rules) if rules else [],
        "unshown": trials.unshown_verdicts(rules) if rules else [],
        "lacking": trials.lacking_of(rules, pieces) if rules and pieces else [],
        "is_ready": rules is not None,
        "is_changed": sheet.text.strip() != draft.rules.strip(),
        **_preview(request, sheet, rules),
    }


def _said(pieces: RulesText | None, key: str) -> str:
    node = pieces.value(key) if pieces else None
    return pieces.written(node) if pieces and node is not None else ""


def _conditions(pieces: RulesText) -> list[tuple[sheets.Line, list[str]]]:
    return [
        (line, [sheets.row_words(row, vocabulary()) for row in line.shown.rows] if line.shown else [])
        for line in sheets.lines_of(pieces, vocabulary())
    ]


def _preview(request: HttpRequest, sheet: Sheet, rules: Rules | None) -> dict[str, Any]:
    """Return what the firm that was chosen would be told."""
    zone = sheet.draft.zone
    may_see = zones.may(request.user, Verb.VIEW, Thing.FILING, zone)
    asked = request.POST.get("firm", "")
    firm: Enterprise | None = None
    if may_see and asked.isdecimal() and len(asked) < 18:
        firm = firms_to_match(zone).select_related("sector", "zone").filter(pk=int(asked)).first()
    found: dict[str, Any] = {"may_see_firms": may_see, "firm": firm}
    if firm is not None and rules is not None:
        day = zones.today(zone)
        matches = match_firm(firm, day=day, among=made_ready_with(sheet.draft, rules, day))
        found["one"] = in_words(matches.lines[0], matches.known)
    return found


@login_required
@require_GET
def firm_options(request: HttpRequest, pk: int) -> JsonResponse:
    """Answer the search for a firm on which conditions are tried."""
    draft = _draft(request, pk)
    zones.require(person_of(request), Verb.VIEW, Thing.FILING, draft.zone)
    word = request.GET.get("q", "").strip()
    rows = firms_to_match(draft.zone).filter(name__icontains=word).order_by("name")[:FIRMS]
    return JsonResponse({"items": [{"id": firm.pk, "text": firm.name} for firm in rows]})


@login_required
def conditions_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many firms have which answer by the text in the editor; of very many firms by a job, as of when."""
    draft, actor = _draft(request, pk), person_of(request)
    text = _text(request, draft)
    here = reverse("policy-version-count", args=[pk])
    context: dict[str, Any] = {"draft": draft, "here": here, "may_see_firms": False}
    if comparisons.is_small(draft.zone):
        error = readable(text)[1] or _rules(Sheet(draft, text))[1]
        if error is not None or not text.strip():
            return render(request, "policies/parts/count.html", context | {"is_unready": True})
        found, against = comparisons.compare_text(draft, text)
        said = comparisons.plain(found) | {"made_at": zones.now(draft.zone)}
        return render(request, "policies/parts/count.html", context | _count(said) | {"against": against})
    if request.POST.get("do") == "start":
        comparisons.order_comparison(actor=actor, draft=draft, text=text)
    jobs = visible_jobs(actor).filter(kind=comparisons.KIND, scope=draft.zone_id)
    job = jobs.filter(arguments__version_id=draft.pk).first()
    last = jobs.filter(arguments__version_id=draft.pk, state="done", result__has_key="counts").first()
    if job is not None:
        context |= {"job": job, "far": how_far(job), "cancel_url": reverse("job-cancel", args=[job.pk])}
    if last is not None:
        context |= _count({**last.result, "made_at": last.ended_at})
    return render(request, "policies/parts/count.html", context | {"is_large": True})


def _count(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "diff": said,
        "counts": [(answer, COLOURS[Answer(answer)], firms) for answer, firms in counts_of(said["counts"])],
        "moves": moves_of(said["moves"]),
        "losing": said["losing"],
    }
