"""Addresses of policies."""

from django.urls import path

from .views import application_forms, applications, calendar, lists, records, sources, tellings

urlpatterns = [
    path("policies/", lists.policy_list, name="policy-list"),
    path("policies/add/", records.policy_add, name="policy-add"),
    path("policies/calendar/", calendar.policy_calendar, name="policy-calendar"),
    path("policies/calendar/file/", calendar.policy_calendar_file, name="policy-calendar-file"),
    path("policies/subscriptions/", calendar.subscription_list, name="policy-subscriptions"),
    path(
        "policies/subscriptions/<int:pk>/stop/", calendar.subscription_stop, name="policy-subscription-stop"
    ),
    path("policies/sources/", sources.check_list, name="policy-source-list"),
    path("policies/sources/settings/", sources.watch_edit, name="policy-source-watch"),
    path("policies/tellings/", tellings.telling_list, name="policy-telling-list"),
    path("policies/tellings/<int:pk>/correct/", tellings.telling_correct, name="policy-telling-correct"),
    path("policies/tellings/<int:pk>/void/", tellings.telling_void, name="policy-telling-void"),
    path("policies/<int:pk>/tellings/add/", tellings.telling_add, name="policy-telling-add"),
    path("policies/applications/", applications.application_list, name="application-list"),
    path("policies/applications/<int:pk>/", applications.application_detail, name="application-detail"),
    path("policies/applications/<int:pk>/edit/", application_forms.application_edit, name="application-edit"),
    *(
        path(
            f"policies/applications/<int:pk>/{step}/",
            application_forms.application_step,
            {"step": step},
            name=f"application-{step}",
        )
        for step in application_forms.STEPS
    ),
    path("policies/versions/<int:pk>/apply/", application_forms.application_add, name="application-add"),
    path("policies/versions/<int:pk>/terms/", application_forms.terms_edit, name="policy-version-terms"),
    path("policies/versions/<int:pk>/review/", application_forms.review_add, name="policy-version-review"),
    path("policies/reviews/<int:pk>/void/", application_forms.review_void, name="policy-review-void"),
    path("policies/versions/<int:pk>/edit/", records.version_edit, name="policy-version-edit"),
    path("policies/versions/<int:pk>/publish/", records.version_publish, name="policy-version-publish"),
    path("policies/<int:pk>/", records.policy_detail, name="policy-detail"),
    path("policies/<int:pk>/edit/", records.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/review/", records.policy_review, name="policy-review"),
    path("policies/<int:pk>/draft/", records.version_draft, name="policy-version-draft"),
]
