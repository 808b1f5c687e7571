"""What stands behind the projects of a demo zone and is kept in no ledger: out of its description."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.premises.models import Works
from zhuchao.apps.zones.models import Zone

from ..models import Project
from .works import set_project_works


def show_backing(zone: Zone, described: Mapping[str, Any]) -> None:
    """Tie the building works that ``[backing.works]`` names to the projects by their codes. Safe to repeat."""
    for code, names in described.get("works", {}).items():
        project = Project.objects.get(zone=zone, code=code)
        works = Works.objects.filter(zone=zone, name__in=names).order_by("pk")
        set_project_works(actor=None, project=project, works=works)
