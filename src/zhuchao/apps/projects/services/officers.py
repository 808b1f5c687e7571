"""Tell both people when a project changes hands, and list what is open on it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import explained
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.services.outbox import notify

from ..models import Project
from ..selectors.officers import OpenItem, open_items


def tell_hand_over(*, project: Project, giver: User, taker: User, reason: str) -> list[OpenItem]:
    """Tell who gave a project away and who took it over, with what is open on it; return that."""
    items = open_items(None, project)
    said = [explained(item.what, item.due_on.isoformat()) if item.due_on else item.what for item in items]
    lines = [
        _("原因：%(reason)s") % {"reason": reason.strip()},
        _("未办事项：") if said else _("没有未办事项。"),
        *said,
    ]
    title = _("%(project)s由%(giver)s交接给%(taker)s") % {"project": project, "giver": giver, "taker": taker}
    notify(
        zone=project.zone,
        users=[giver, taker],
        key=f"projects.hand_over:{project.pk}:v{project.version}",
        kind="projects.hand_over",
        title=title,
        body="\n".join(lines),
        url=reverse("project-detail", args=[project.pk]),
    )
    return items
