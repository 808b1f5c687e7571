"""Addresses of policies."""

from django.urls import path

from .views import lists, records

urlpatterns = [
    path("policies/", lists.policy_list, name="policy-list"),
    path("policies/add/", records.policy_add, name="policy-add"),
    path("policies/versions/<int:pk>/edit/", records.version_edit, name="policy-version-edit"),
    path("policies/versions/<int:pk>/publish/", records.version_publish, name="policy-version-publish"),
    path("policies/<int:pk>/", records.policy_detail, name="policy-detail"),
    path("policies/<int:pk>/edit/", records.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/draft/", records.version_draft, name="policy-version-draft"),
]
