"""Letters of reminder: their list, one of them, and each step it takes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.forms import ZForm
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.printing import day
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.letters import AnswerForm, ConfirmForm, DropForm, LetterForm, SendForm
from ..models import CovenantLetter, Side
from .covenant_words import covenant_url, letter_state
from .saving import form_response, project_url

Act = Callable[[CovenantLetter, dict[str, Any]], object]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def letter_url(letter: CovenantLetter) -> str:
    """Return the address of a letter's page."""
    return reverse("covenant-letter-detail", args=[letter.pk])


def word_response(content: bytes, name: str) -> HttpResponse:
    """Answer with a Word document to be saved."""
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name + '.docx', safe='')}"
    return response


LETTERS = ListPage(
    key="covenant-letters",
    title=gettext_lazy("提醒函"),
    thing="covenant",
    columns=(
        Column(
            "recipient",
            gettext_lazy("收件单位"),
            lambda one: one.recipient,
            link=letter_url,
            on_phone=True,
        ),
        Column(
            "project",
            gettext_lazy("项目名称"),
            lambda one: one.covenant.agreement.project.name,
            link=lambda one: project_url(one.covenant.agreement.project, "covenants"),
        ),
        Column("covenant", gettext_lazy("约定事项"), lambda one: str(one.covenant), on_phone=True),
        Column("shortfall", gettext_lazy("差距"), lambda one: one.shortfall),
        Column("state", gettext_lazy("状态"), letter_state, Kind.STATE, on_phone=True),
        Column("round", gettext_lazy("第几次"), lambda one: one.round, Kind.NUMBER),
        Column("drafted", gettext_lazy("起草日期"), lambda one: one.drafted_on, Kind.DATE, sort="drafted_on"),
        Column("sent", gettext_lazy("寄送日期"), lambda one: one.sent_on, Kind.DATE),
        Column("due", gettext_lazy("答复期限"), lambda one: one.answer_due_on, Kind.DATE),
        Column("number", gettext_lazy("文号"), lambda one: one.number, hidden=True),
    ),
    filters=(
        Filter(
            "state", gettext_lazy("状态"), by_value("state"), lambda request: CovenantLetter.State.choices
        ),
        Filter("side", gettext_lazy("承诺方"), by_value("covenant__side"), lambda request: Side.choices),
        Filter("drafted", gettext_lazy("起草日期"), by_date_range("drafted_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(recipient__icontains=text)
        | rows.filter(covenant__agreement__project__name__icontains=text)
        | rows.filter(number__icontains=text)
    ),
    search_hint=gettext_lazy("收件单位、项目名称、文号"),
    default_sort="-drafted_on",
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("待审核"), "state=draft"),
        (gettext_lazy("待答复"), "state=sent"),
    ),
    empty_sentence=gettext_lazy("还没有提醒函。约定到期没有做到时，每天自动拟一份草稿，由人审核后寄送。"),
)


@login_required
def letter_list(request: HttpRequest) -> HttpResponseBase:
    """List the letters of reminder of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.COVENANT, zone)
    return list_response(request, LETTERS, selectors.listed_letters(actor, zone))


@login_required
@require_GET
def letter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter as it reads, and what may be done with it next."""
    actor = person_of(request)
    letter = selectors.get_letter(actor, pk)
    covenant = letter.covenant
    context: dict[str, Any] = {
        "record": letter,
        "letter": letter,
        "covenant": covenant,
        "project": covenant.agreement.project,
        "state": letter_state(letter),
        "lines": letter.body.split("\n"),
        "facts": [
            (_("收件单位"), letter.recipient),
            (_("约定"), letter.promised),
            (_("实际"), letter.delivered),
            (_("差距"), letter.shortfall),
            (_("起草日期"), day(letter.drafted_on)),
            (_("审核人"), letter.approved_by),
            (_("文号"), letter.number),
            (_("寄送日期"), day(letter.sent_on)),
            (_("寄送方式"), letter.means),
            (_("答复期限"), day(letter.answer_due_on)),
            (_("答复日期"), day(letter.answered_on)),
        ],
        "may_change": zones.may(actor, Verb.CHANGE, Thing.COVENANT, letter.zone_id),
    }
    return render(request, "projects/covenant_letter.html", context)


@login_required
@require_GET
def letter_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a letter as a Word document."""
    letter = selectors.get_letter(person_of(request), pk)
    name = _("履约提醒函-%(recipient)s-%(n)d") % {"recipient": letter.recipient, "n": letter.round}
    return word_response(services.letter_paper(letter), name)


@login_required
@require_GET
def letter_answer_document(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document that came with an answer; raises NotFound without one."""
    letter = selectors.get_letter(person_of(request), pk)
    if letter.answer_document is None:
        raise NotFound(what=_("答复材料"))
    return attachment_response(letter.answer_document)


@login_required
def letter_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a letter about a broken covenant."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone)
    return form_response(
        request,
        ConfirmForm(posted(request)),
        lambda values: letter_url(services.draft_letter(actor=actor, covenant=covenant)),
        title=_("拟提醒函：%(covenant)s") % {"covenant": covenant},
        back=covenant_url(covenant),
        done=_("已拟好草稿，请核对后审核。"),
        project=covenant.agreement.project,
        submit_label=_("拟提醒函"),
    )


def _step(
    request: HttpRequest, pk: int, form: ZForm, act: Act, *, title: str, done: str, **more: Any
) -> HttpResponse:
    letter = selectors.get_letter(person_of(request), pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.COVENANT, letter.zone)
    return form_response(
        request,
        form,
        lambda values: act(letter, values),
        title=title,
        back=letter_url(letter),
        done=done,
        project=letter.covenant.agreement.project,
        **more,
    )


@login_required
def letter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the text of a letter that is not sent."""
    actor = person_of(request)
    letter = selectors.get_letter(actor, pk)
    return _step(
        request,
        pk,
        LetterForm(request.POST or None, initial=LetterForm.of(letter)),
        lambda row, values: services.change_letter(
            actor=actor, letter=row, version=seen_version(request), **values
        ),
        title=_("修改提醒函"),
        done=_("已保存，须重新审核。"),
        version=letter.version,
    )


@login_required
def letter_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a letter may go out."""
    actor = person_of(request)
    return _step(
        request,
        pk,
        ConfirmForm(posted(request)),
        lambda row, values: services.approve_letter(actor=actor, letter=row),
        title=_("审核提醒函"),
        done=_("已审核。寄送后请登记。"),
        submit_label=_("同意寄送"),
    )


@login_required
def letter_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that a letter went out."""
    actor = person_of(request)
    letter = selectors.get_letter(actor, pk)
    return _step(
        request,
        pk,
        SendForm(request.POST or None, initial={"on": zones.today(letter.zone)}),
        lambda row, values: services.send_letter(actor=actor, letter=row, **values),
        title=_("登记寄送"),
        done=_("已登记寄送。到期没有答复会出现在今日。"),
    )


@login_required
def letter_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the answer to a letter."""
    actor = person_of(request)
    letter = selectors.get_letter(actor, pk)

    def act(row: CovenantLetter, values: dict[str, Any]) -> None:
        services.answer_letter(
            actor=actor, letter=row, on=values["on"], answer=values["answer"], document=values.get("evidence")
        )

    return _step(
        request,
        pk,
        AnswerForm(request.POST or None, request.FILES or None, initial={"on": zones.today(letter.zone)}),
        act,
        title=_("登记答复"),
        done=_("已登记答复。"),
        evidence_scope=letter.zone_id,
    )


@login_required
def letter_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide not to send a letter, with the reason."""
    actor = person_of(request)
    return _step(
        request,
        pk,
        DropForm(request.POST or None),
        lambda row, values: services.drop_letter(actor=actor, letter=row, **values),
        title=_("不发提醒函"),
        done=_("已撤下，不再自动拟函。"),
        dangerous=True,
        submit_label=_("不发"),
    )
