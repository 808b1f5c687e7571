"""The promotion app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class PromotionConfig(AppConfig):
    name = "zhuchao.apps.promotion"
    label = "promotion"
    verbose_name = _("招商")
    navigation = (
        NavItem(
            "promotion",
            _("招商"),
            "lead-list",
            "tabler-flame",
            30,
            "lead",
            children=(
                NavItem("leads", _("线索"), "lead-list", "tabler-flame", 1, "lead"),
                NavItem("viewings", _("踏勘"), "viewing-list", "tabler-map-pin", 2, "lead"),
                NavItem("chains", _("产业链"), "chain-list", "tabler-sitemap", 4, "chain"),
                NavItem("plans", _("整体匹配"), "placing-plan-list", "tabler-columns", 5, "placing"),
                NavItem("activities", _("活动"), "activity-list", "tabler-calendar-event", 3, "activity"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.enterprises.selectors import register as relate
        from zhuchao.apps.premises.selectors.clusters import register_pipeline
        from zhuchao.apps.premises.selectors.related import register as relate_to_units

        from .selectors.related import activities_of_firm, leads_for_cluster, leads_for_unit, leads_of_firm
        from .selectors.signings import leads_signed_for
        from .services.commons import release_all_dormant_leads
        from .services.ledgers import ACTIVITIES, CHAINS, LEADS
        from .services.plans import register_jobs
        from .services.sources import register_sources

        register_jobs()
        register_sources()
        register(LEADS)
        register(ACTIVITIES)
        register(CHAINS)
        relate(leads_of_firm)
        relate(activities_of_firm)
        relate_to_units(leads_signed_for)
        relate_to_units(leads_for_unit)
        register_pipeline(leads_for_cluster)
        due.register(due.Due("dormant-leads", _("久未跟进的线索退回公海"), release_all_dormant_leads))
