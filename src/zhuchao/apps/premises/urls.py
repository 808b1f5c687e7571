"""Addresses of premises."""

from django.urls import path

from .views import buildings, lineage, revitalisations, sites, space, tenants, units, works

urlpatterns = [
    path("premises/", sites.site_list, name="site-list"),
    path("premises/add/", sites.site_add, name="site-add"),
    path("premises/<int:pk>/", sites.site_detail, name="site-detail"),
    path("premises/<int:pk>/edit/", sites.site_edit, name="site-edit"),
    path("premises/<int:pk>/name/", sites.site_name, name="site-name"),
    path("premises/names/<int:pk>/void/", sites.site_name_void, name="site-name-void"),
    path("premises/<int:pk>/steward/", sites.site_steward, name="site-steward"),
    path("premises/<int:pk>/buildings/add/", sites.building_add, name="building-add"),
    path("premises/<int:pk>/units/add/", units.unit_add, name="unit-add"),
    path("premises/buildings/<int:pk>/", buildings.building_detail, name="building-detail"),
    path("premises/space/", space.space_account, name="space-account"),
    path("premises/stewards/", space.steward_list, name="steward-list"),
    path("premises/tenants/", tenants.tenant_list, name="tenant-list"),
    path("premises/units/<int:pk>/split/", lineage.unit_split, name="unit-split"),
    path("premises/units/<int:pk>/merge/", lineage.unit_merge, name="unit-merge"),
    path("premises/units/", units.unit_list, name="unit-list"),
    path("premises/units/<int:pk>/", units.unit_detail, name="unit-detail"),
    path("premises/units/<int:pk>/edit/", units.unit_edit, name="unit-edit"),
    path("premises/units/<int:pk>/state/", units.unit_state, name="unit-state"),
    path("premises/units/states/<int:pk>/correct/", units.unit_state_correct, name="unit-state-correct"),
    path("premises/units/states/<int:pk>/evidence/", units.unit_state_evidence, name="unit-state-evidence"),
    path("premises/units/states/<int:pk>/void/", units.unit_state_void, name="unit-state-void"),
    path("premises/works/", works.works_list, name="works-list"),
    path("premises/works/add/", works.works_add, name="works-add"),
    path("premises/works/<int:pk>/", works.works_detail, name="works-detail"),
    path("premises/works/<int:pk>/edit/", works.works_edit, name="works-edit"),
    path("premises/works/<int:pk>/phases/add/", works.phase_add, name="works-phase-add"),
    path("premises/works/<int:pk>/progress/add/", works.progress_add, name="works-progress-add"),
    path("premises/works/phases/<int:pk>/edit/", works.phase_edit, name="works-phase-edit"),
    path("premises/works/progress/<int:pk>/correct/", works.progress_correct, name="works-progress-correct"),
    path("premises/works/progress/<int:pk>/void/", works.progress_void, name="works-progress-void"),
    path(
        "premises/works/progress/<int:pk>/evidence/", works.progress_evidence, name="works-progress-evidence"
    ),
    path("premises/revitalisations/", revitalisations.revitalisation_list, name="revitalisation-list"),
    path("premises/revitalisations/add/", revitalisations.revitalisation_add, name="revitalisation-add"),
    path(
        "premises/revitalisations/<int:pk>/",
        revitalisations.revitalisation_detail,
        name="revitalisation-detail",
    ),
    path(
        "premises/revitalisations/<int:pk>/correct/",
        revitalisations.revitalisation_correct,
        name="revitalisation-correct",
    ),
    path(
        "premises/revitalisations/<int:pk>/void/",
        revitalisations.revitalisation_void,
        name="revitalisation-void",
    ),
    path(
        "premises/revitalisations/<int:pk>/evidence/",
        revitalisations.revitalisation_evidence,
        name="revitalisation-evidence",
    ),
]
