"""What publishing has in common: a second person, and days that follow those of the version before."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.services import save_record
from zhuchao.apps.zones.models import User

from ..errors import AnotherPersonPublishes, NotReadyToPublish
from ..models import PUBLISHED, MatterVersion, ProcedureVersion


def publish(
    draft: MatterVersion | ProcedureVersion,
    *,
    actor: User | None,
    name: str,
    versions: QuerySet[MatterVersion] | QuerySet[ProcedureVersion],
    why_not: str,
    at: datetime,
) -> None:
    """Publish a locked draft; ``versions`` are all of the same thing, ``why_not`` says what else it lacks.

    Raises AnotherPersonPublishes for who prepared it, and NotReadyToPublish for what it lacks or where it begins no later
    than the one published last.
    """
    named = {"name": name, "number": draft.number}
    if actor is not None and draft.prepared_by_id == actor.pk:
        raise AnotherPersonPublishes(**named)
    why = why_not
    last = versions.filter(state=PUBLISHED).order_by("-number").first()
    if not why and last is not None and draft.effective_from <= last.effective_from:
        why = _("生效日期须晚于上一版的 %(day)s。") % {"day": last.effective_from.isoformat()}
    if why:
        raise NotReadyToPublish(**named, why=why)
    save_record(draft, state=PUBLISHED, published_by=actor, published_at=at)
