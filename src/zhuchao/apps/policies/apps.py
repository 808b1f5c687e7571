"""The policies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class PoliciesConfig(AppConfig):
    name = "zhuchao.apps.policies"
    label = "policies"
    verbose_name = _("政策")
    navigation = (
        NavItem(
            "policies",
            _("政策"),
            "policy-list",
            "tabler-file-certificate",
            60,
            "policy",
            children=(
                NavItem("policy-index", _("政策索引"), "policy-list", "tabler-list", 1, "policy"),
                NavItem("policy-library", _("国家政策库"), "policy-library", "tabler-books", 2, "policy"),
                NavItem(
                    "policy-calendar", _("政策日历"), "policy-calendar", "tabler-calendar-month", 3, "policy"
                ),
                NavItem(
                    "policy-recommendations",
                    _("政策推荐"),
                    "policy-recommendation-list",
                    "tabler-bulb",
                    4,
                    "outreach",
                ),
                NavItem(
                    "policy-tellings", _("送政策台账"), "policy-telling-list", "tabler-send", 5, "outreach"
                ),
                NavItem(
                    "policy-questions",
                    _("该补哪些数据"),
                    "policy-questions",
                    "tabler-list-check",
                    6,
                    "filing",
                ),
            ),
        ),
        NavItem(
            "delivery",
            _("政策兑现"),
            "application-list",
            "tabler-coin-yuan",
            61,
            "application",
            children=(
                NavItem(
                    "policy-applications",
                    _("申报台账"),
                    "application-list",
                    "tabler-file-plus",
                    1,
                    "application",
                ),
                NavItem("policy-instalments", _("兑付计划"), "instalment-list", "tabler-cash", 2, "payment"),
                NavItem(
                    "policy-batches", _("兑付批次"), "payment-batch-list", "tabler-packages", 3, "payment"
                ),
                NavItem("policy-payments", _("兑付台账"), "payment-list", "tabler-receipt", 4, "payment"),
                NavItem(
                    "policy-budgets", _("兑付预算"), "policy-budget-list", "tabler-chart-pie", 5, "payment"
                ),
                NavItem("policy-reach", _("政策直达率"), "policy-reach", "tabler-filter", 6, "payment"),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.core.services.importing import register
        from zhuchao.apps.core.services.search import register_source
        from zhuchao.apps.enterprises import selectors as enterprises
        from zhuchao.apps.projects import selectors as projects
        from zhuchao.apps.projects.selectors.officers import register_open_items

        from .selectors.applications import applications_of_firm
        from .selectors.mail_consents import mail_consents_of_firm
        from .selectors.promised import paid_for
        from .selectors.recommendations import policies_of_project
        from .selectors.related import matches_of_firm
        from .selectors.service_line import policies_open, policy_happenings
        from .selectors.tellings import tellings_of_firm
        from .services.application_ledger import APPLICATIONS
        from .services.applications import SOURCE as APPLIED
        from .services.comparisons import register_jobs as register_comparisons
        from .services.facts_ledger import FACTS
        from .services.index import SOURCE
        from .services.ledger import POLICIES
        from .services.matches import refresh_due, register_jobs
        from .services.project_policies import attach_due, tell_projects_due
        from .services.receipt_ledger import RECEIPTS
        from .services.recommending import recommend_due, tell_due
        from .services.sources import check_sources
        from .services.subscriptions import remind_due
        from .services.tellings_ledger import TELLINGS

        register(POLICIES)
        register(APPLICATIONS)
        register(RECEIPTS)
        enterprises.register(applications_of_firm)
        register(TELLINGS)
        register(FACTS)
        enterprises.register(tellings_of_firm)
        enterprises.register(mail_consents_of_firm)
        enterprises.register_fact(matches_of_firm)
        due.register(due.Due("policies.windows", _("提醒政策窗口"), remind_due))
        due.register(due.Due("policies.sources", _("检查政策原文"), check_sources))
        due.register(due.Due("policies.matches", _("政策速配"), refresh_due))
        # By key, so in this order: what fits is known, then kept, then told.
        due.register(due.Due("policies.matches.kept", _("推荐政策"), recommend_due))
        due.register(due.Due("policies.matches.told", _("通知政策推荐"), tell_due))
        due.register(due.Due("policies.projects", _("按项目阶段匹配政策"), attach_due))
        due.register(due.Due("policies.projects.told", _("通知项目可申报的政策"), tell_projects_due))
        projects.register_attached(policies_of_project)
        projects.register_paid(paid_for)
        projects.register_timeline_source(policy_happenings)
        register_open_items(policies_open)
        register_jobs()
        register_comparisons()
        register_source(SOURCE)
        register_source(APPLIED)
