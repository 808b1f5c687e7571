"""The approvals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class ApprovalsConfig(AppConfig):
    name = "zhuchao.apps.approvals"
    label = "approvals"
    verbose_name = _("审批")
    navigation = (
        NavItem(
            "approvals",
            _("审批"),
            "matter-list",
            "tabler-clipboard-check",
            50,
            "matter",
            children=(
                NavItem(
                    "approval-matters", _("事项目录"), "matter-list", "tabler-list-details", 10, "matter"
                ),
                NavItem(
                    "approval-procedures", _("审批流程"), "procedure-list", "tabler-sitemap", 20, "procedure"
                ),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services.search import register_source

        from .services.index import MATTERS
        from .services.opening import SOURCE as CASES
        from .services.procedure_index import PROCEDURES

        register_source(MATTERS)
        register_source(CASES)
        register_source(PROCEDURES)
