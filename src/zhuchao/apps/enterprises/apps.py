"""The enterprises app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class EnterprisesConfig(AppConfig):
    name = "zhuchao.apps.enterprises"
    label = "enterprises"
    verbose_name = _("企业")
    navigation = (
        NavItem("enterprises", _("企业"), "enterprise-list", "tabler-building-factory-2", 25, "enterprise"),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.core.services.search import register_source

        from .services.index import SOURCE
        from .services.ledgers import ENTERPRISES, FILINGS

        register(ENTERPRISES)
        register(FILINGS)
        register_source(SOURCE)
