"""The projects app."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem

if TYPE_CHECKING:
    from zhuchao.apps.zones.models import Zone


class ProjectsConfig(AppConfig):
    name = "zhuchao.apps.projects"
    label = "projects"
    verbose_name = _("项目")
    navigation = (
        NavItem(
            "projects",
            _("项目"),
            "project-list",
            "tabler-briefcase",
            40,
            "project",
            children=(
                NavItem(
                    "lights",
                    _("红绿灯"),
                    "project-lights",
                    "tabler-traffic-lights",
                    41,
                    "project",
                ),
                NavItem(
                    "project-tasks",
                    _("项目任务"),
                    "task-list",
                    "tabler-list-check",
                    41,
                    "project",
                ),
                NavItem("progress", _("进度统计"), "project-progress", "tabler-chart-bar", 41, "project"),
                NavItem("officers", _("金牌店小二"), "officer-ranking", "tabler-users", 44, "project"),
                NavItem("bonds", _("专项债"), "bond-list", "tabler-coin-yuan", 46, "bond"),
                NavItem("upgrades", _("技改台账"), "upgrade-list", "tabler-settings", 47, "upgrade"),
                NavItem("green", _("绿色通道"), "green-list", "tabler-bolt", 45, "green"),
                NavItem("inspections", _("现场踏勘"), "inspection-list", "tabler-map-pin", 43, "inspection"),
                NavItem(
                    "investments", _("投资台账"), "investment-list", "tabler-coin-yuan", 42, "investment"
                ),
                NavItem("covenants", _("履约看板"), "covenant-list", "tabler-checklist", 43, "covenant"),
                NavItem(
                    "covenant-letters", _("提醒函"), "covenant-letter-list", "tabler-send", 44, "covenant"
                ),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.core.services.search import register_source
        from zhuchao.apps.enterprises import selectors as enterprises
        from zhuchao.apps.promotion.selectors import register_finder, register_signings
        from zhuchao.apps.zones.services.setup import register_founding

        from .models import Stage
        from .selectors import (
            projects_like_lead,
            projects_of_firm,
            projects_signed,
            register_timeline_source,
        )
        from .selectors.agreement_happenings import agreements_kept
        from .selectors.delivery import delivery_missing, recheck_missing
        from .selectors.gates import register_gate_check
        from .services.index import AGREEMENTS, SOURCE
        from .services.ledgers import COVENANTS, INVESTMENTS, PROGRESS, PROJECTS
        from .services.letters import draft_letters_due

        register_founding(_found)
        post_migrate.connect(_adopt, sender=self, dispatch_uid="projects.gates")
        register(PROJECTS)
        register(INVESTMENTS)
        register(PROGRESS)
        register(COVENANTS)
        register_source(SOURCE)
        register_source(AGREEMENTS)
        enterprises.register(projects_of_firm)
        register_finder(projects_like_lead)
        register_signings(projects_signed)
        due.register(due.Due("projects.covenants", _("拟履约提醒函"), draft_letters_due))
        register_gate_check(Stage.REVIEWED, recheck_missing)
        register_gate_check(Stage.DELIVERED, delivery_missing)
        register_timeline_source(agreements_kept)


def _found(zone: "Zone") -> None:
    """Let a zone at the top of a tree start with what the gates of the product ask for."""
    from .services import adopt_gate_rules

    adopt_gate_rules(actor=None, zone=zone)


def _adopt(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Give a data file from before gates asked for anything what they ask for; not while the tables are gone."""
    from .models import GateRule
    from .services import adopt_where_none

    if GateRule._meta.db_table in connections[using].introspection.table_names():
        adopt_where_none()
