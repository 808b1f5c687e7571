"""The portal app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class PortalConfig(AppConfig):
    name = "zhuchao.apps.portal"
    label = "portal"
    verbose_name = _("对外门户")
    navigation = (
        NavItem(
            "portal",
            _("对外门户"),
            "door",
            "tabler-world",
            35,
            "portal",
            children=(
                NavItem("door", _("门户设置"), "door", "tabler-settings", 1, "portal"),
                NavItem("listings", _("发布载体"), "listing-list", "tabler-building", 2, "portal"),
                NavItem(
                    "policy-listings",
                    _("公开政策"),
                    "policy-listings",
                    "tabler-file-certificate",
                    3,
                    "portal",
                ),
                NavItem("enquiries", _("网上咨询"), "enquiry-list", "tabler-message", 4, "enquiry"),
                NavItem("proposals", _("企业填报"), "proposal-list", "tabler-user-check", 6, "filing"),
                NavItem("screens", _("大屏"), "screen-list", "tabler-device-tv", 5, "portal"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.desk.selectors import register_cards
        from zhuchao.apps.desk.services.demo import register_section
        from zhuchao.apps.enterprises import selectors as enterprises
        from zhuchao.apps.policies.selectors.recommendations import register_public_page
        from zhuchao.apps.promotion.selectors.related import register as relate_to_leads

        from .selectors import links_of_firm
        from .selectors.cards import enquiry_cards, proposal_cards, screen_cards
        from .selectors.policies import public_page_of
        from .selectors.related import enquiries_of_firm, enquiries_of_lead
        from .services import forget_past_contacts
        from .services.demo import publish_demo

        enterprises.register(links_of_firm)
        enterprises.register(enquiries_of_firm)
        register_cards(enquiry_cards)
        register_cards(proposal_cards)
        register_cards(screen_cards)
        relate_to_leads(enquiries_of_lead)
        register_public_page(public_page_of)
        due.register(due.Due("portal.contacts", _("删除到期的咨询人联系方式"), forget_past_contacts))
        register_section("portal", publish_demo)
