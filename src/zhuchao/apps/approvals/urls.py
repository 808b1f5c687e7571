"""Addresses of approvals."""

from django.urls import path

from .views import matter_records, matters, packs

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
]
