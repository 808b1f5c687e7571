"""The approvals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "zhuchao.apps.approvals"
    label = "approvals"
    verbose_name = _("审批")

    def ready(self) -> None:
        from zhuchao.apps.core.services.search import register_source

        from .services.opening import SOURCE as CASES

        register_source(CASES)
