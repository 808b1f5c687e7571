"""The zones app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class ZonesConfig(AppConfig):
    name = "zhuchao.apps.zones"
    label = "zones"
    verbose_name = _("辖区")
    navigation = (
        NavItem(
            "settings",
            _("设置"),
            "settings",
            "tabler-settings",
            200,
            "zone",
            children=(
                NavItem("duty", _("值班表"), "duty-month", "tabler-calendar-event", 10, "duty"),
                NavItem("people", _("组织与人员"), "person-list", "tabler-users", 20, "person"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due

        from .services import send_due, send_letters_due

        due.register(due.Due("outbox", _("发送通知"), send_due))
        due.register(due.Due("outbox.letters", _("发送邮件"), send_letters_due))
