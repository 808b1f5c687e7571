"""What is red of projects for a person: lights that turned red, how many are, and tasks that are due."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.projects import selectors as projects
from zhuchao.apps.projects.selectors.bundles import due_tasks
from zhuchao.apps.projects.selectors.light_table import light_table
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due

SOON = timedelta(days=7)


def light_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give the cards of lights and tasks for this person: of their own projects and tasks, a leader of all."""
    leads = Role.LEADER in zones.roles_of(actor, zone.pk)
    yield from _reds(actor, zone, on, leads=leads)
    yield from _tasks(actor, zone, on, leads=leads)


def _reds(actor: User, zone: Zone, on: date, *, leads: bool) -> Iterator[Card]:
    if not leads and not zones.may(actor, Verb.CHANGE, Thing.PROJECT, zone):
        return
    rows = projects.listed_projects(actor, zone).select_related("department")
    if not leads:
        rows = rows.filter(officer=actor)
    found = light_table(list(rows), on)
    reds = found.counts["red"]
    if not reds:
        return
    fresh = found.turned_red
    said = (
        ngettext("本周新转红 %(n)d 个", "本周新转红 %(n)d 个", len(fresh)) % {"n": len(fresh)}
        if fresh
        else ""
    )
    yield Card(
        # Put off, it comes back when another one turns red, and every month.
        key=f"reds:{zone.pk}:{on:%Y%m}:{len(fresh)}",
        urgency=Urgency.OVERDUE,
        title=ngettext("%(n)d 个项目亮红灯", "%(n)d 个项目亮红灯", reds) % {"n": reds},
        why=clauses(
            part
            for part in (said, labelled(found.rows[0].project.name, found.rows[0].light.sentence))
            if part
        ),
        url=reverse("project-lights") + "?colour=red" + ("" if leads else f"&officer={actor.pk}"),
        verb=_("看红绿灯"),
        kind=_("项目"),
        light="red",
    )
    for row in fresh[:MOST_OF_A_KIND]:
        yield Card(
            key=f"turned-red:{row.project.pk}:{on:%Y%m%d}",
            urgency=Urgency.TODAY,
            title=_("%(project)s转为红灯") % {"project": row.project.name},
            why=row.light.reasons[0],
            url=reverse("project-detail", args=[row.project.pk]) + "?tab=lights",
            verb=_("看原因"),
            kind=_("项目"),
            light="red",
        )


def _tasks(actor: User, zone: Zone, on: date, *, leads: bool) -> Iterator[Card]:
    """Give a card for each task of this person that is due within a week; to a leader also what others are late with."""
    rows = due_tasks(actor, zone, on + SOON)
    mine = rows.filter(owner=actor)
    late = rows.exclude(owner=actor).filter(due_on__lt=on) if leads else rows.none()
    for task in [*mine[:MOST_OF_A_KIND], *late[:MOST_OF_A_KIND]]:
        yield Card(
            key=f"project-task:{task.pk}:{task.due_on:%Y%m%d}",
            urgency=urgency_of(task.due_on, on),
            title=labelled(task.project.name, task.name),
            why=clauses((when_due(task.due_on, on), str(task.owner))),
            url=reverse("project-task-finish", args=[task.pk])
            if task.owner_id == actor.pk
            else reverse("project-task-list", args=[task.project_id]),
            verb=_("去完成") if task.owner_id == actor.pk else _("看任务"),
            day=task.due_on,
            kind=_("项目"),
            light="red" if task.due_on < on else "amber" if task.due_on == on else "none",
        )
