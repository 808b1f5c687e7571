"""The registers of gates: those passed against what they ask for, and those whose evidence is still to come."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Stage
from .lists import STAGE_ENTRIES

GATE_COLUMNS = STAGE_ENTRIES.columns[:3]
BY = Column("by", _("登记人"), lambda entry: entry.recorded_by or _("系统"))
AT = Column("at", _("登记时间"), lambda entry: entry.recorded_at, Kind.MOMENT)
NARROWED = (
    Filter("stage", _("阶段"), by_value("stage"), lambda request: Stage.choices),
    Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),
)
SOURCES = (("ledger", _("台账导入")), ("override", _("缺证登记")))
STANDS = (("lacking", _("待补证据")), ("whole", _("已补齐")))


def lacking_of(entry: Any) -> tuple[str, str, str]:
    """Return whether what a gate asked for is there now, as a list shows it: value, label, colour."""
    if entry.lacks_now:
        return "lacking", gettext("待补证据"), "yellow"
    return "whole", gettext("已补齐"), "green"


def source_of(entry: Any) -> tuple[str, str, str]:
    """Return how an entry came without its evidence, as a list shows it: value, label, colour."""
    if entry.batch_id:
        return "ledger", gettext("台账导入"), "azure"
    return "override", gettext("缺证登记"), "orange"


def _by_stand(rows: Any, text: str) -> Any:
    lacks = selectors.lacks_evidence()
    return rows.filter(lacks if text == "lacking" else ~lacks)


OVERRIDES = ListPage(
    key="overrides",
    title=_("越阶与缺证登记"),
    thing="project",
    columns=(
        *GATE_COLUMNS,
        Column("skipped", _("越过的阶段"), lambda entry: listed(Stage(each).label for each in entry.skipped)),
        Column("lacking", _("缺少的材料"), lambda entry: listed(entry.lacking)),
        Column("why", _("越阶或缺证理由"), lambda entry: entry.override_reason),
        Column("still", _("现在"), lacking_of, Kind.STATE),
        BY,
        AT,
    ),
    filters=(*NARROWED, Filter("still", _("现在"), _by_stand, lambda request: STANDS)),
    default_sort="-happened_on",
    other_actions=(
        Action(_("待补证据"), "project-lacking", "view", "project", "tabler-file-text"),
        Action(_("阶段要求"), "gate-rule-list", "view", "gate", "tabler-checklist"),
    ),
    empty_sentence=_("没有越阶或缺证登记的阶段。"),
)

LACKING = ListPage(
    key="lacking",
    title=_("待补证据"),
    thing="project",
    columns=(
        *GATE_COLUMNS,
        Column("source", _("来源"), source_of, Kind.STATE),
        Column("why", _("越阶或缺证理由"), lambda entry: entry.override_reason),
        BY,
        AT,
    ),
    filters=(
        *NARROWED,
        Filter(
            "source",
            _("来源"),
            lambda rows, text: rows.filter(batch__isnull=text != "ledger"),
            lambda request: SOURCES,
        ),
    ),
    row_verbs=(
        RowVerb(
            "give",
            _("补材料"),
            lambda entry: reverse("gate-evidence-give", args=[entry.project_id]) + f"?stage={entry.stage}",
            icon="tabler-plus",
            verb="change",
            thing="project",
        ),
    ),
    default_sort="-happened_on",
    other_actions=(
        Action(_("越阶与缺证登记"), "project-overrides", "view", "project", "tabler-flag"),
        Action(_("阶段要求"), "gate-rule-list", "view", "gate", "tabler-checklist"),
    ),
    empty_sentence=_("没有待补的证据：到达的阶段，材料都齐了。"),
)


@login_required
def override_list(request: HttpRequest) -> HttpResponseBase:
    """List the gates that were passed against what they ask for, each with its reason."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    rows = selectors.overridden(selectors.listed_stage_entries(actor, zone))
    return list_response(request, OVERRIDES, rows.annotate(lacks_now=selectors.lacks_evidence()))


@login_required
def lacking_list(request: HttpRequest) -> HttpResponseBase:
    """List the gates in force that lack something they ask for: what ledgers brought, and what was overridden."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    rows = selectors.listed_stage_entries(actor, zone).filter(selectors.lacks_evidence())
    return list_response(request, LACKING, rows)
