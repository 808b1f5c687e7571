"""Addresses of approvals."""

from django.urls import path

from .views import matter_records, matters, packs, procedure_editor, procedures

urlpatterns = [
    path("approvals/matters/", matters.matter_list, name="matter-list"),
    path("approvals/matters/add/", matter_records.matter_add, name="matter-add"),
    path("approvals/matters/pack/", packs.matter_pack, name="matter-pack"),
    path("approvals/matters/pack/adopt/", packs.matter_adopt, name="matter-adopt"),
    path("approvals/matters/<int:pk>/", matter_records.matter_detail, name="matter-detail"),
    path("approvals/matters/<int:pk>/edit/", matter_records.matter_edit, name="matter-edit"),
    path(
        "approvals/matters/<int:pk>/draft/", matter_records.matter_version_draft, name="matter-version-draft"
    ),
    path("approvals/matters/versions/<int:pk>/", matter_records.matter_version, name="matter-version"),
    path(
        "approvals/matters/versions/<int:pk>/edit/",
        matter_records.matter_version_edit,
        name="matter-version-edit",
    ),
    path(
        "approvals/matters/versions/<int:pk>/publish/",
        matter_records.matter_version_publish,
        name="matter-version-publish",
    ),
    path("approvals/procedures/", procedures.procedure_list, name="procedure-list"),
    path("approvals/procedures/add/", procedures.procedure_add, name="procedure-add"),
    path("approvals/procedures/shipped/", procedures.procedure_shipped, name="procedure-shipped"),
    path("approvals/procedures/adopt/", procedures.procedure_adopt, name="procedure-adopt"),
    path("approvals/procedures/<int:pk>/", procedures.procedure_detail, name="procedure-detail"),
    path("approvals/procedures/<int:pk>/edit/", procedures.procedure_edit, name="procedure-edit"),
    path("approvals/procedures/<int:pk>/draft/", procedures.procedure_draft, name="procedure-draft"),
    path(
        "approvals/procedures/versions/<int:pk>/edit/",
        procedure_editor.version_edit,
        name="procedure-version-edit",
    ),
    path(
        "approvals/procedures/versions/<int:pk>/facts/",
        procedures.version_facts,
        name="procedure-version-facts",
    ),
    path(
        "approvals/procedures/versions/<int:pk>/publish/",
        procedures.version_publish,
        name="procedure-version-publish",
    ),
]
