"""流程编辑: the tasks and departments of a draft written by form and as text, each changing the other."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.files import Template, read_template, write_template
from zhuchao.web import editing
from zhuchao.web.forms import ZForm
from zhuchao.web.requests import person_of

from ..errors import VersionIsPublished
from ..forms.procedures import LONGEST_TEXT, DepartmentsForm, TaskForm
from ..models import ProcedureVersion
from ..selectors import procedures
from ..services import procedures as services
from ..wording import say
from .procedures import picture_of, procedure_url

NEW = "new"
PLACES = "departments"


@dataclass
class Desk:
    """The text as it stands in the editor, and the form that is open beside it."""

    draft: ProcedureVersion
    text: str
    opened: str = ""
    form: ZForm | None = None

    def read(self) -> tuple[Template | None, EngineError | None]:
        """Return the template that the text tells, or why it tells none."""
        try:
            return read_template(self.text), None
        except EngineError as error:
            return None, error


@login_required
def version_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the tasks of a draft, by form or as text; only saving keeps them."""
    actor = person_of(request)
    draft = procedures.get_procedure_version(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, draft.zone)
    if draft.is_published:
        raise VersionIsPublished(name=draft.procedure.name, number=draft.number)
    text = request.POST.get("text", draft.text).replace("\r\n", "\n")[: LONGEST_TEXT + 1]
    desk = Desk(draft, text)
    verb, _sep, rest = request.POST.get("do", "").partition(":")
    if verb == "save":
        return _saved(request, desk)
    if request.method == "POST":
        _done(request, desk, verb, rest)
    status = 422 if desk.form is not None and desk.form.is_bound else 200
    version = editing.seen_version(request) if request.method == "POST" else draft.version
    return render(request, _template(request), _context(desk) | {"version": version}, status=status)


def _template(request: HttpRequest) -> str:
    htmx: Any = getattr(request, "htmx", None)
    return "approvals/parts/procedure_editor.html" if htmx else "approvals/procedure_editor.html"


class _TextForm(ZForm):
    """The text as it is saved; what is wrong with it the service says."""


def _saved(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save the text; a refusal stands on the page, and when somebody else saved meanwhile, both texts."""
    draft, actor = desk.draft, person_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        seen = editing.seen_version(request)
        services.change_draft(actor=actor, draft=draft, version=seen, text=desk.text)
        messages.success(request, _("已保存。"))
        goal = reverse("procedure-version-edit", args=[draft.pk])
        if getattr(request, "htmx", None):
            return HttpResponse(headers={"HX-Redirect": goal})
        return redirect(goal)

    context = {name: value for name, value in _context(desk).items() if name not in ("title", "cancel_url")}
    return editing.form_response(
        request,
        _TextForm(request.POST),
        act,
        title=_("编辑流程：%(version)s") % {"version": draft},
        cancel_url=procedure_url(draft.procedure_id),
        version=draft.version,
        template=_template(request),
        **context,
    )


def _done(request: HttpRequest, desk: Desk, verb: str, rest: str) -> None:
    """Do what a button of the editor asks with the text; nothing is kept."""
    template, _error = desk.read()
    if template is None:
        return
    known = rest in template.by_key
    if verb == "open" and (known or rest in (NEW, PLACES)):
        desk.opened, desk.form = rest, _form(template, rest)
    elif verb == "put" and (known or rest in (NEW, PLACES)):
        _put(request, desk, template, rest)
    elif verb == "remove" and known:
        left = tuple(task for task in template.tasks if task.key != rest)
        _write(desk, template, tasks=left)


def _form(template: Template, opened: str, data: Any = None) -> ZForm:
    if opened == PLACES:
        return DepartmentsForm(data, initial=DepartmentsForm.of(template), prefix="part")
    task = template.by_key.get(opened)
    initial = TaskForm.of(task) if task else {"key": _free_key(template), "status": "memory"}
    return TaskForm(data, initial=initial, template=template, prefix="part")


def _free_key(template: Template) -> str:
    return next(key for number in range(1, 1000) if (key := f"T{number:02}") not in template.by_key)


def _put(request: HttpRequest, desk: Desk, template: Template, opened: str) -> None:
    """Write what was filled in into the text; what is wrong stays open with its sentence."""
    form: Any = _form(template, opened, request.POST)
    if form.is_valid():
        try:
            if opened == PLACES:
                said = form.cleaned_data
                changed = replace(
                    template,
                    departments=said["departments"],
                    held=said["held"],
                    stages=said["stages"] or template.stages,
                )
            else:
                changed = replace(template, tasks=_tasks(template, opened, form))
            desk.text = write_template(changed)
            return
        except EngineError as error:
            form.add_error(None, say(error))
    desk.opened, desk.form = opened, form


def _tasks(template: Template, opened: str, form: TaskForm) -> tuple[Any, ...]:
    was = template.by_key.get(opened)
    task = form.task(was)
    if was is None:
        return (*template.tasks, task)
    return tuple(task if one.key == opened else one for one in template.tasks)


def _write(desk: Desk, template: Template, **changed: Any) -> None:
    """Write a changed template; one that would no longer fit together leaves the text and says why."""
    try:
        desk.text = write_template(replace(template, **changed))
    except EngineError as error:
        desk.form = ZForm({})
        desk.form.add_error(None, say(error))


def _context(desk: Desk) -> dict[str, Any]:
    _template_read, error = desk.read()
    line = int(str(error.data.get("line") or 0)) if error is not None else 0
    written = desk.text.splitlines()
    draft = desk.draft
    return {
        "title": _("编辑流程：%(version)s") % {"version": draft},
        "cancel_url": procedure_url(draft.procedure_id),
        "draft": draft,
        "procedure": draft.procedure,
        "desk": desk,
        "text": desk.text,
        "problem_line": line,
        "problem_text": written[line - 1] if 0 < line <= len(written) else "",
        "is_changed": desk.text.strip() != draft.text.strip(),
        "longest": LONGEST_TEXT,
        "problem": "",
        **picture_of(desk.text, draft),
    }
