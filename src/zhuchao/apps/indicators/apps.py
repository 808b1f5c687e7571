"""The indicators app."""

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class IndicatorsConfig(AppConfig):
    name = "zhuchao.apps.indicators"
    label = "indicators"
    verbose_name = _("指标")
    navigation = (
        NavItem(
            "figures",
            _("指标"),
            "figure-list",
            "tabler-chart-bar",
            100,
            "target",
            children=(
                NavItem("figures", _("月度指标"), "figure-list", "tabler-chart-bar", 1, "target"),
                NavItem("targets", _("目标任务"), "target-list", "tabler-target", 2, "target"),
                NavItem("observations", _("指标数据"), "observation-list", "tabler-table", 3, "observation"),
                NavItem("reports", _("月报"), "report-list", "tabler-file-text", 4, "report"),
            ),
        ),
    )

    def ready(self) -> None:
        from .services.ledgers import register_ledgers
        from .services.reports import register_jobs

        register_jobs()
        register_ledgers()
        post_migrate.connect(_load_builtin, sender=self, dispatch_uid="indicators.builtin")


def _load_builtin(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Bring the built-in indicators up to date whenever the tables were; not while they are gone."""
    from .models import Indicator
    from .services import load_builtin_indicators

    if Indicator._meta.db_table in connections[using].introspection.table_names():
        load_builtin_indicators()
