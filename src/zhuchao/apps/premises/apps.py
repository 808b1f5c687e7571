"""The premises app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class PremisesConfig(AppConfig):
    name = "zhuchao.apps.premises"
    label = "premises"
    verbose_name = _("载体")
    navigation = (
        NavItem(
            "premises",
            _("载体"),
            "site-list",
            "tabler-building",
            20,
            "site",
            children=(
                NavItem("sites", _("载体"), "site-list", "tabler-building", 1, "site"),
                NavItem("units", _("房源"), "unit-list", "tabler-door", 2, "unit"),
                NavItem(
                    "revitalisations",
                    _("盘活台账"),
                    "revitalisation-list",
                    "tabler-recycle",
                    3,
                    "revitalisation",
                ),
                NavItem("space", _("空间账"), "space-account", "tabler-chart-bar", 4, "unit"),
                NavItem("stewards", _("园长"), "steward-list", "tabler-user", 5, "site"),
            ),
        ),
        NavItem(
            "tenancy",
            _("租赁入驻"),
            "lease-list",
            "tabler-file-text",
            21,
            "lease",
            children=(
                NavItem("leases", _("租赁台账"), "lease-list", "tabler-file-text", 1, "lease"),
                NavItem("holds", _("房源预留"), "hold-list", "tabler-clock", 2, "hold"),
                NavItem("signings", _("签约房源"), "signing-list", "tabler-file-check", 3, "hold"),
                NavItem("arrivals", _("引进计划"), "arrival-list", "tabler-calendar", 4, "arrival"),
                NavItem("tenants", _("入驻企业"), "tenant-list", "tabler-building", 5, "enterprise"),
                NavItem("clusters", _("集聚目标"), "cluster-list", "tabler-target", 6, "cluster"),
                NavItem("enclaves", _("飞地"), "enclave-list", "tabler-map-pin", 7, "enclave"),
            ),
        ),
        NavItem(
            "building",
            _("建设更新"),
            "works-list",
            "tabler-crane",
            22,
            "works",
            children=(
                NavItem("works", _("建设改造"), "works-list", "tabler-crane", 1, "works"),
                NavItem("renewals", _("城市更新"), "renewal-list", "tabler-refresh", 2, "renewal"),
                NavItem("relocations", _("征地拆迁"), "relocation-list", "tabler-home-move", 3, "relocation"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.enterprises.selectors import register as relate

        from .selectors.related import sites_of_firm, units_of_firm
        from .services.holds import expire_all_holds
        from .services.lease_states import keep_all_leases
        from .services.ledgers import (
            ARRIVALS,
            CLUSTERS,
            ENCLAVES,
            LEASES,
            PREMISES,
            RELOCATIONS,
            RENEWALS,
            REVITALISATIONS,
            WORKS,
        )
        from .services.sources import register_sources

        register_sources()
        register(PREMISES)
        register(REVITALISATIONS)
        register(LEASES)
        register(ARRIVALS)
        register(WORKS)
        register(RENEWALS)
        register(RELOCATIONS)
        register(CLUSTERS)
        register(ENCLAVES)
        relate(units_of_firm)
        relate(sites_of_firm)
        due.register(due.Due("holds", _("释放到期的预留"), expire_all_holds))
        due.register(due.Due("leases", _("租约起租与到期"), keep_all_leases))
