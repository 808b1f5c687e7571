"""What stands behind the projects of a demo zone and is kept in no ledger: out of its description."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhuchao.apps.premises.models import Works
from zhuchao.apps.zones.models import User, Zone

from ..models import Inspection, Investment, Project
from ..selectors import in_backing, with_backing
from .inspections import add_inspection
from .vouchers import approve_investments
from .works import set_project_works


def show_backing(zone: Zone, described: Mapping[str, Any]) -> None:
    """Tie the building works that ``[backing.works]`` names to the projects, enter their ``inspections``, and approve
    the vouched money of those in ``approved`` as the person ``approver``. Projects go by their codes. Safe to repeat.
    """
    for code, names in described.get("works", {}).items():
        project = Project.objects.get(zone=zone, code=code)
        works = Works.objects.filter(zone=zone, name__in=names).order_by("pk")
        set_project_works(actor=None, project=project, works=works)
    for one in described.get("inspections", ()):
        project = Project.objects.get(zone=zone, code=one["project"])
        facts: dict[str, Any] = {
            name: one[name] for name in ("findings", "stalled", "members", "next_on") if name in one
        }
        facts |= {name: Decimal(one[name]) for name in ("longitude", "latitude") if name in one}
        if not Inspection.objects.filter(project=project, inspected_at=one["at"]).exists():
            add_inspection(actor=None, project=project, inspected_at=one["at"], **facts)
    if "approver" in described:
        entries = with_backing(Investment.objects.live()).filter(
            zone=zone, project__code__in=described["approved"], is_approved=False
        )
        vouched = in_backing(entries.select_related("zone", "project"), "verified")
        approve_investments(
            actor=User.objects.get(username=described["approver"]),
            entries=vouched,
            note="与凭证逐笔核对（示例）",
        )
