"""The desk app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class DeskConfig(AppConfig):
    name = "zhuchao.apps.desk"
    label = "desk"
    verbose_name = _("今日")
    navigation = (
        NavItem("today", _("今日"), "today", "tabler-checklist", 10, "zone"),
        NavItem("imports", _("导入"), "import-list", "tabler-upload", 190, "zone"),
    )

    def ready(self) -> None:
        from zhuchao.apps.approvals.services.cases_demo import play_cases
        from zhuchao.apps.approvals.services.matters_demo import show_matters
        from zhuchao.apps.enterprises.services.vault_demo import show_demo as show_vault
        from zhuchao.apps.policies.services.demo import publish_demo, tell_demo
        from zhuchao.apps.policies.services.grants_demo import grant_demo
        from zhuchao.apps.projects.services.demo import show_backing, show_bundles, show_gates
        from zhuchao.apps.promotion.services.demo import show_demo

        from .services.demo import register_section

        # They stand below the desk and do not know the demo.
        register_section("promotion", show_demo)
        register_section("vault", show_vault)
        register_section("gates", show_gates)
        register_section("backing", show_backing)
        register_section("bundles", show_bundles)
        register_section("policies", publish_demo)
        register_section("outreach", tell_demo)
        register_section("grants", grant_demo)
        register_section("matters", show_matters)
        register_section("cases", play_cases)
