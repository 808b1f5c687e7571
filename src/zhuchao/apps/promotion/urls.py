"""Addresses of promotion."""

from django.urls import path

from .views import activities, commons, leads, needs, pipeline, stages

urlpatterns = [
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/board/", pipeline.lead_board, name="lead-board"),
    path("leads/funnel/", pipeline.lead_funnel, name="lead-funnel"),
    path("leads/commons/", commons.lead_commons, name="lead-commons"),
    path("leads/<int:pk>/claim/", commons.lead_claim, name="lead-claim"),
    path("leads/<int:pk>/return/", commons.lead_return, name="lead-return"),
    path("leads/pool/", leads.lead_pool, name="lead-pool"),
    path("leads/add/", leads.lead_add, name="lead-add"),
    path("leads/<int:pk>/", leads.lead_detail, name="lead-detail"),
    path("leads/<int:pk>/edit/", leads.lead_edit, name="lead-edit"),
    path("leads/<int:pk>/needs/", needs.lead_needs, name="lead-needs"),
    path("leads/<int:pk>/assign/", leads.lead_assign, name="lead-assign"),
    path("leads/<int:pk>/stage/", stages.lead_stage, name="lead-stage"),
    path("leads/stages/<int:pk>/correct/", stages.lead_stage_correct, name="lead-stage-correct"),
    path("leads/stages/<int:pk>/void/", stages.lead_stage_void, name="lead-stage-void"),
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/met/", activities.activity_met, name="activity-met"),
    path("activities/add/", activities.activity_add, name="activity-add"),
    path("activities/quick/", activities.activity_quick, name="activity-quick"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity-detail"),
    path("activities/<int:pk>/correct/", activities.activity_correct, name="activity-correct"),
    path("activities/<int:pk>/void/", activities.activity_void, name="activity-void"),
    path("activities/<int:pk>/evidence/", activities.activity_evidence, name="activity-evidence"),
    path("leads/stages/<int:pk>/evidence/", stages.lead_stage_evidence, name="lead-stage-evidence"),
]
