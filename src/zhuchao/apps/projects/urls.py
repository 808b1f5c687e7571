"""Addresses of projects."""

from django.urls import path

from .views import lists, memberships, money, progress, records, stages, vouchers, works

urlpatterns = [
    path("projects/", lists.project_list, name="project-list"),
    path("projects/add/", records.project_add, name="project-add"),
    path("projects/parents/", records.project_parents, name="project-parents"),
    path("projects/progress/", progress.project_progress, name="project-progress"),
    path("projects/stages/", lists.stage_entry_list, name="project-stage-list"),
    path("projects/stages/<int:pk>/correct/", stages.stage_correct, name="project-stage-correct"),
    path("projects/stages/<int:pk>/void/", stages.stage_void, name="project-stage-void"),
    path("projects/stages/<int:pk>/evidence/", stages.stage_evidence, name="project-stage-evidence"),
    path("projects/milestones/<int:pk>/edit/", stages.milestone_edit, name="milestone-edit"),
    path("projects/milestones/<int:pk>/meet/", stages.milestone_meet, name="milestone-meet"),
    path("projects/milestones/<int:pk>/remove/", stages.milestone_remove, name="milestone-remove"),
    path("projects/labels/<int:pk>/void/", memberships.label_void, name="project-label-void"),
    path("projects/batches/<int:pk>/void/", memberships.batch_place_void, name="project-batch-void"),
    path("projects/<int:pk>/", records.project_detail, name="project-detail"),
    path("projects/<int:pk>/edit/", records.project_edit, name="project-edit"),
    path("projects/<int:pk>/officer/", records.project_officer, name="project-officer"),
    path("projects/<int:pk>/stages/add/", stages.stage_record, name="project-stage"),
    path("projects/<int:pk>/milestones/add/", stages.milestone_add, name="milestone-add"),
    path("projects/<int:pk>/labels/add/", memberships.label_add, name="project-label-add"),
    path("projects/<int:pk>/batches/add/", memberships.batch_place_add, name="project-batch-add"),
    path("projects/<int:pk>/investments/add/", money.investment_add, name="investment-add"),
    path("projects/<int:pk>/works/", works.project_works, name="project-works"),
    path("projects/<int:pk>/plan/", money.annual_plan_set, name="project-plan"),
    path("investments/", lists.investment_list, name="investment-list"),
    path("investments/attach/", vouchers.investment_attach, name="investment-attach"),
    path("investments/approve/", vouchers.investment_approve, name="investment-approve"),
    path("investments/<int:pk>/withdraw/", vouchers.investment_withdraw, name="investment-withdraw"),
    path("investments/<int:pk>/", money.investment_detail, name="investment-detail"),
    path("investments/<int:pk>/correct/", money.investment_correct, name="investment-correct"),
    path("investments/<int:pk>/void/", money.investment_void, name="investment-void"),
    path("investments/<int:pk>/evidence/", money.investment_evidence, name="investment-evidence"),
]
