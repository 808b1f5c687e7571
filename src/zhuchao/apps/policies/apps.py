"""The policies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class PoliciesConfig(AppConfig):
    name = "zhuchao.apps.policies"
    label = "policies"
    verbose_name = _("政策")
    navigation = (NavItem("policies", _("政策"), "policy-list", "tabler-file-certificate", 60, "policy"),)

    def ready(self) -> None:
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.core.services.search import register_source

        from .services.index import SOURCE
        from .services.ledger import POLICIES

        register(POLICIES)
        register_source(SOURCE)
