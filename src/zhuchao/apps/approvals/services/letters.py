"""Letters of approvals as Word documents: the one-time notice, the end of a case that was late, a pledge to be signed."""

import io
from collections.abc import Iterable

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from zhuchao.apps.core.wording import labelled, listed
from zhuchao.apps.zones import selectors as zones

from ..models import CaseTask, LateNotice, Pledge

# The faces every office computer in China has; Word falls back by itself where they are missing.
BODY, HEAD = "仿宋", "黑体"


def notice_letter(notice: LateNotice) -> bytes:
    """Return the one-time notice as a .docx for the firm, with its promise below."""
    task = notice.task
    return _letter(
        _("容缺受理一次性告知书"),
        _addressed(notice.enterprise.name if notice.enterprise else "", task),
        notice.text.splitlines(),
        (
            labelled(_("承诺人"), notice.promised_by),
            labelled(_("告知日期"), zones.day_of(notice.told_at).isoformat()),
            labelled(_("签字"), "＿＿＿＿＿＿＿＿"),
        ),
    )


def end_letter(notice: LateNotice) -> bytes:
    """Return the letter that tells a firm that its case ended because documents did not come in time."""
    task = notice.task
    ended = zones.day_of(notice.settled_at).isoformat() if notice.settled_at else ""
    body = (
        _("您申请的“%(task)s”以容缺方式受理，应于 %(due)s 前补齐：%(documents)s。")
        % {"task": task.name, "due": notice.due_on.isoformat(), "documents": listed(notice.documents)},
        _("期限届满仍未补齐，按照一次性告知的内容，本次办理已自动终止。"),
        _("材料齐全后可以重新申请；容缺逾期只作记录，不影响您按一般方式办理。"),
    )
    return _letter(
        _("容缺受理终止告知书"),
        _addressed(notice.enterprise.name if notice.enterprise else "", task),
        body,
        (labelled(_("终止日期"), ended),),
    )


def pledge_letter(pledge: Pledge) -> bytes:
    """Return a pledge as a .docx: what was told, what is promised, who signed and before whom."""
    signed = [
        labelled(_("签署人"), pledge.signed_by),
        labelled(_("签署时间"), f"{zones.day_of(pledge.signed_at):%Y-%m-%d}"),
    ]
    if pledge.witness:
        signed.append(labelled(_("见证人"), pledge.witness))
    signed.append(labelled(_("签字"), "＿＿＿＿＿＿＿＿"))
    return _letter(
        _("告知承诺书"), _addressed(pledge.enterprise.name, pledge.task), pledge.text.splitlines(), signed
    )


def _addressed(firm: str, task: CaseTask) -> str:
    number = _("（%(number)s）") % {"number": task.case.number}
    return f"{firm or task.case.contact or task.case.title}{number}"


def _letter(title: str, to: str, body: Iterable[str], signed: Iterable[str]) -> bytes:
    """Return a page with a title, whom it is for, its paragraphs, and lines at the right to be signed."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    _write(document, title, face=HEAD, size=20, place=WD_ALIGN_PARAGRAPH.CENTER)
    _write(document, f"{to}：")
    for text in body:
        _write(document, text, indent=32)
    for text in signed:
        _write(document, text, place=WD_ALIGN_PARAGRAPH.RIGHT)
    document.core_properties.title, document.core_properties.author = title, ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(
    document: object,
    text: str,
    *,
    face: str = BODY,
    size: int = 16,
    indent: int = 0,
    place: WD_ALIGN_PARAGRAPH | None = None,
) -> None:
    paragraph = document.add_paragraph()  # type: ignore[attr-defined]
    paragraph.paragraph_format.line_spacing = 1.5
    paragraph.paragraph_format.first_line_indent = Pt(indent) if indent else None
    paragraph.alignment = place
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
