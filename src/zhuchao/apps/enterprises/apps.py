"""The enterprises app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class EnterprisesConfig(AppConfig):
    name = "zhuchao.apps.enterprises"
    label = "enterprises"
    verbose_name = _("企业")
    navigation = (
        NavItem(
            "enterprises",
            _("企业"),
            "enterprise-list",
            "tabler-building-factory-2",
            25,
            "enterprise",
            children=(
                NavItem(
                    "enterprises", _("企业"), "enterprise-list", "tabler-building-factory-2", 1, "enterprise"
                ),
                NavItem("vault", _("材料库"), "firm-document-list", "tabler-file-check", 2, "firm_document"),
                NavItem("saved", _("免交材料"), "firm-document-saved", "tabler-recycle", 3, "firm_document"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.core.services.search import register_source

        from .services.index import SOURCE
        from .services.ledgers import DOCUMENTS, ENTERPRISES, FILINGS
        from .services.vault import SOURCE as VAULT

        register(ENTERPRISES)
        register(FILINGS)
        register(DOCUMENTS)
        register_source(SOURCE)
        register_source(VAULT)
