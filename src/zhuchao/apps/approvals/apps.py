"""The approvals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhuchao.web.shell import NavItem


class ApprovalsConfig(AppConfig):
    name = "zhuchao.apps.approvals"
    label = "approvals"
    verbose_name = _("审批")
    navigation = (
        NavItem(
            "approvals",
            _("审批"),
            "case-list",
            "tabler-clipboard-check",
            50,
            "case",
            children=(
                NavItem("approval-cases", _("办件台账"), "case-list", "tabler-folders", 1, "case"),
                NavItem(
                    "approval-portfolio",
                    _("在办统筹"),
                    "case-portfolio",
                    "tabler-chart-bar",
                    4,
                    "case",
                ),
                NavItem(
                    "approval-department-desk",
                    _("部门待办"),
                    "department-desk",
                    "tabler-inbox",
                    2,
                    "task",
                    "change",
                ),
                NavItem(
                    "approval-window-desk",
                    _("窗口"),
                    "window-desk",
                    "tabler-building-store",
                    3,
                    "task",
                    "add",
                ),
                NavItem(
                    "approval-services", _("帮办代办导办"), "service-report", "tabler-user-heart", 4, "case"
                ),
                NavItem("approval-records", _("用时纪录"), "record-board", "tabler-trophy", 5, "case"),
                NavItem(
                    "approval-matters", _("事项目录"), "matter-list", "tabler-list-details", 10, "matter"
                ),
                NavItem(
                    "approval-procedures", _("审批流程"), "procedure-list", "tabler-sitemap", 20, "procedure"
                ),
                NavItem(
                    "approval-rehearsals",
                    _("推演记录"),
                    "rehearsal-list",
                    "tabler-player-play",
                    21,
                    "procedure",
                ),
                NavItem("approval-themes", _("一件事主题"), "theme-list", "tabler-stack-2", 12, "matter"),
                NavItem("approval-intake", _("综合窗口收件"), "intake", "tabler-inbox", 5, "case", "add"),
                NavItem("approval-late", _("容缺告知"), "late-notice-list", "tabler-clock", 60, "case"),
                NavItem(
                    "approval-pledges", _("告知承诺台账"), "pledge-list", "tabler-writing-sign", 61, "case"
                ),
                NavItem("approval-credit", _("审批信用"), "credit-list", "tabler-scale", 62, "credit"),
                NavItem(
                    "approval-spared", _("免交材料"), "spared-list", "tabler-files-off", 63, "firm_document"
                ),
            ),
        ),
    )

    def ready(self) -> None:
        from zhuchao.apps.core.services import due
        from zhuchao.apps.core.services.search import register_source
        from zhuchao.apps.enterprises import selectors as enterprises
        from zhuchao.apps.projects import selectors as projects

        from .selectors.credit import credit_of_firm
        from .selectors.related import cases_of_firm, cases_of_project, permits_done
        from .services.cases import begin_due
        from .services.index import MATTERS
        from .services.late import end_late_due, remind_late_due
        from .services.opening import SOURCE as CASES
        from .services.portfolio import register_jobs
        from .services.procedure_index import PROCEDURES

        register_jobs()
        register_source(MATTERS)
        register_source(CASES)
        register_source(PROCEDURES)
        enterprises.register(cases_of_firm)
        enterprises.register(credit_of_firm)
        projects.register_attached(cases_of_project)
        projects.register_timeline_source(permits_done)
        due.register(due.Due("approvals.begin", _("办件起算"), begin_due))
        due.register(due.Due("approvals.late", _("提醒容缺补正"), remind_late_due))
        due.register(due.Due("approvals.late.ended", _("终止容缺逾期的任务"), end_late_due))
