"""What a step of a task rests on: documents that came, or were let come later, or a word whose giver is good for it."""

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones

from ..errors import BadCredit, DocumentsMissing, LateDocumentsMissing, PledgeRefused
from ..models import Case, CaseDocument, CaseTask, EventKind, TaskEvent, TaskMode
from ..selectors.credit import credit_of
from ..selectors.papers import missing_of, names_of

ON_ONES_WORD = (TaskMode.LATE, TaskMode.PLEDGE)


def refuse_groundless(case: Case, task: CaseTask, event: TaskEvent) -> None:
    """Refuse an acceptance or a finish that lacks what it rests on, whichever door it came through.

    Drafts are enough for a pre-review; all is asked for when it is finished. Raises BadCredit for a firm whose word is
    not taken, PledgeRefused for a pledge on a matter that nobody signed, DocumentsMissing, LateDocumentsMissing.
    """
    if event.kind in (EventKind.START, EventKind.MODE) and event.mode in ON_ONES_WORD:
        if case.enterprise is not None:
            credit = credit_of(case.enterprise, zones.today(case.zone))
            if not credit.is_ok:
                way = TaskMode(event.mode).label
                raise BadCredit(firm=case.enterprise.name, way=way, why=credit.why)
        if event.mode == TaskMode.PLEDGE and task.matter_version_id and not hasattr(task, "pledge"):
            raise PledgeRefused(task=task.name, why=_("还没有签署承诺书。"))
    asks = event.kind == EventKind.FINISH or (event.kind == EventKind.START and event.mode != TaskMode.EARLY)
    # Only the catalogue says what must be there; a procedure alone draws what is passed on between departments.
    if asks and task.matter_version_id:
        missing = missing_of(task)
        if missing:
            step = EventKind(event.kind).label
            raise DocumentsMissing(task=task.name, step=step, documents=listed(names_of(missing)))
    if event.kind == EventKind.FINISH:
        late = CaseDocument.objects.filter(task=task, state=CaseDocument.State.LATE)
        if late:
            raise LateDocumentsMissing(task=task.name, documents=listed(names_of(late)))
