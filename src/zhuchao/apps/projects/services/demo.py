"""What stands behind the projects of a demo zone and is kept in no ledger: out of its description."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhuchao.apps.premises.models import Works
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone

from ..models import (
    Bond,
    GateEvidence,
    GreenRequest,
    Inspection,
    Investment,
    Investor,
    Project,
    TaskBundle,
)
from ..selectors import in_backing, with_backing
from .bonds import add_bond, add_bond_step
from .bundles import adopt_example, apply_bundle, finish_task
from .gate_evidence import Given, give_gate_evidence
from .green import ask_green, decide_green
from .inspections import add_inspection
from .investors import add_investor
from .stat_windows import set_stat_windows_of_year
from .vouchers import approve_investments
from .works import set_project_works


def show_backing(zone: Zone, described: Mapping[str, Any]) -> None:
    """Tie the building works that ``[backing.works]`` names to the projects, enter their ``investors``, ``green`` channel
    and ``inspections``, and approve
    the vouched money of those in ``approved`` as the person ``approver``. Projects go by their codes. Safe to repeat.
    """
    for code, names in described.get("works", {}).items():
        project = Project.objects.get(zone=zone, code=code)
        works = Works.objects.filter(zone=zone, name__in=names).order_by("pk")
        set_project_works(actor=None, project=project, works=works)
    for one in described.get("investors", ()):
        project = Project.objects.get(zone=zone, code=one["project"])
        if not Investor.objects.live().filter(project=project, name=one["name"]).exists():
            amount = Decimal(one["amount_cny"])
            add_investor(actor=None, project=project, name=one["name"], amount_cny=amount)
    for one in described.get("bonds", ()):
        project = Project.objects.get(zone=zone, code=one["project"])
        said = {"year": one["year"], "batch_name": one["batch_name"]}
        if not Bond.objects.filter(project=project, **said).exists():
            bond = add_bond(actor=None, project=project, amount_cny=Decimal(one["amount_cny"]), **said)
            for step in one["steps"]:
                add_bond_step(actor=None, bond=bond, outcome="passed", **step)
    for one in described.get("green", ()):
        project = Project.objects.get(zone=zone, code=one["project"])
        if not GreenRequest.objects.filter(project=project).exists():
            said = {name: one[name] for name in ("expedited", "why", "until")}
            asker = User.objects.get(username=one["asker"])
            entry = ask_green(actor=asker, project=project, **said)
            if "decider" in one:
                decide_green(actor=User.objects.get(username=one["decider"]), entry=entry, granted=True)
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


def show_bundles(zone: Zone, described: Mapping[str, Any]) -> None:
    """Take the example bundle into a demo zone, apply it to the projects that ``[[bundles.applied]]`` names by code from
    a day on, and say which tasks are done. Safe to repeat."""
    bundle = TaskBundle.objects.filter(zone=zone, is_example=True).first()
    bundle = bundle or adopt_example(actor=None, zone=zone)
    for one in described.get("applied", ()):
        project = Project.objects.get(zone=zone, code=one["code"])
        apply_bundle(actor=None, project=project, bundle=bundle, start=one["start"])
        done = project.tasks.filter(done_on__isnull=False).count()
        waiting = project.tasks.filter(bundle=bundle, done_on=None).order_by("due_on", "pk")
        for task in list(waiting)[: max(one.get("done", 0) - done, 0)]:
            finish_task(actor=None, task=task, on=min(task.due_on, zones.today(zone)), note="已办结（示例）")


def show_gates(zone: Zone, described: Mapping[str, Any]) -> None:
    """Set the windows of statistics of a demo zone as ``[gates]`` tells, and give the evidence of ``[[gates.evidence]]``.

    Safe to repeat: evidence of a project that is there is left alone."""
    if "windows" in described:
        set_stat_windows_of_year(
            actor=None, zone=zone, note=described.get("note", ""), **described["windows"]
        )
    for one in described.get("evidence", ()):
        project = Project.objects.get(zone=zone, code=one["code"])
        given = [
            Given(item, number=number)
            for item, number in one["items"].items()
            if not GateEvidence.objects.filter(project=project, item=item).exists()
        ]
        give_gate_evidence(actor=None, project=project, stage=one["stage"], given=given, on=one["on"])
