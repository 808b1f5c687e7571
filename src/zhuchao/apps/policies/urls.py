"""Addresses of policies."""

from django.urls import path

from .views import (
    application_forms,
    applications,
    authoring,
    calendar,
    entitlements,
    library,
    lists,
    mail_consents,
    matches,
    payment_forms,
    payments,
    publishing,
    questions,
    reach,
    recommendations,
    records,
    sources,
    tellings,
    version_firms,
)

urlpatterns = [
    path("policies/", lists.policy_list, name="policy-list"),
    path("policies/add/", records.policy_add, name="policy-add"),
    path("policies/library/", library.policy_library, name="policy-library"),
    path("policies/library/adopt/", library.library_adopt, name="policy-library-adopt"),
    path("policies/library/upload/", library.library_upload, name="policy-library-upload"),
    path("policies/library/item/<slug:key>/", library.library_item, name="policy-library-item"),
    path("policies/<int:pk>/file/", library.policy_as_file, name="policy-file"),
    path("policies/calendar/", calendar.policy_calendar, name="policy-calendar"),
    path("policies/calendar/file/", calendar.policy_calendar_file, name="policy-calendar-file"),
    path("policies/subscriptions/", calendar.subscription_list, name="policy-subscriptions"),
    path(
        "policies/subscriptions/<int:pk>/stop/", calendar.subscription_stop, name="policy-subscription-stop"
    ),
    path("policies/recommendations/", recommendations.recommendation_list, name="policy-recommendation-list"),
    path(
        "policies/recommendations/speed/",
        recommendations.recommendation_speed,
        name="policy-recommendation-speed",
    ),
    path(
        "policies/recommendations/<int:pk>/",
        recommendations.recommendation_detail,
        name="policy-recommendation-detail",
    ),
    path(
        "enterprises/<int:pk>/policy-mail/add/",
        mail_consents.mail_consent_add,
        name="policy-mail-consent-add",
    ),
    path(
        "policies/mail-consents/<int:pk>/end/", mail_consents.mail_consent_end, name="policy-mail-consent-end"
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
    path(
        "policies/applications/<int:pk>/schedule/", payment_forms.schedule_edit, name="application-schedule"
    ),
    path("policies/instalments/", payments.instalment_list, name="instalment-list"),
    path("policies/instalments/<int:pk>/accept/", payment_forms.evidence_accept, name="instalment-accept"),
    path("policies/instalments/<int:pk>/leave/", payment_forms.instalment_leave, name="instalment-leave"),
    path("policies/accepted/<int:pk>/file/", payment_forms.evidence_file, name="instalment-evidence"),
    path("policies/accepted/<int:pk>/void/", payment_forms.evidence_void, name="instalment-evidence-void"),
    path("policies/batches/", payments.batch_list, name="payment-batch-list"),
    path("policies/batches/add/", payment_forms.batch_add, name="payment-batch-add"),
    path("policies/batches/<int:pk>/", payments.batch_detail, name="payment-batch-detail"),
    path("policies/batches/<int:pk>/file/", payments.batch_file, name="payment-batch-file"),
    path("policies/batches/<int:pk>/send/", payment_forms.batch_send, name="payment-batch-send"),
    path("policies/reach/", reach.reach_page, name="policy-reach"),
    path("policies/reach/firms/", reach.reach_firms, name="policy-reach-firms"),
    path("policies/reach/file/", reach.reach_file, name="policy-reach-file"),
    path("policies/payments/", payments.payment_list, name="payment-list"),
    path("policies/payments/<int:pk>/receipt/", payment_forms.receipt_add, name="payment-receipt-add"),
    path("policies/payments/<int:pk>/void/", payment_forms.payment_void, name="payment-void"),
    path("policies/budgets/", payments.budget_list, name="policy-budget-list"),
    path("policies/budgets/<int:pk>/void/", payment_forms.budget_void, name="policy-budget-void"),
    path("policies/<int:pk>/budget/", payment_forms.budget_detail, name="policy-budget-detail"),
    path("policies/<int:pk>/budget/add/", payment_forms.budget_add, name="policy-budget-add"),
    path("policies/firms/<int:pk>/", matches.firm_policies, name="firm-policies"),
    path("policies/firms/<int:pk>/facts/add/", matches.fact_add, name="firm-fact-add"),
    path("policies/facts/<int:pk>/void/", matches.fact_void, name="firm-fact-void"),
    path("policies/questions/", questions.question_list, name="policy-questions"),
    path("policies/questions/<str:field>/", questions.question_detail, name="policy-question"),
    path("policies/match/", version_firms.match_again, name="policy-match-again"),
    path("policies/versions/<int:pk>/firms/", version_firms.version_firms, name="policy-version-firms"),
    path("policies/versions/<int:pk>/apply/", application_forms.application_add, name="application-add"),
    path("policies/versions/<int:pk>/exempt/", entitlements.exempt_list, name="policy-exempt"),
    path(
        "policies/versions/<int:pk>/exempt/confirm/",
        entitlements.exempt_confirm,
        name="policy-exempt-confirm",
    ),
    path("policies/versions/<int:pk>/terms/", application_forms.terms_edit, name="policy-version-terms"),
    path("policies/versions/<int:pk>/review/", application_forms.review_add, name="policy-version-review"),
    path("policies/reviews/<int:pk>/void/", application_forms.review_void, name="policy-review-void"),
    path("policies/versions/<int:pk>/edit/", records.version_edit, name="policy-version-edit"),
    path("policies/versions/<int:pk>/publish/", publishing.version_publish, name="policy-version-publish"),
    path(
        "policies/versions/<int:pk>/conditions/", authoring.conditions_edit, name="policy-version-conditions"
    ),
    path(
        "policies/versions/<int:pk>/conditions/count/",
        authoring.conditions_count,
        name="policy-version-count",
    ),
    path(
        "policies/versions/<int:pk>/conditions/firms/",
        authoring.firm_options,
        name="policy-version-firms-named",
    ),
    path("policies/versions/<int:pk>/compare/", publishing.version_compare, name="policy-version-compare"),
    path("policies/versions/<int:pk>/shifts/", publishing.shift_list, name="policy-version-shifts"),
    path("policies/<int:pk>/", records.policy_detail, name="policy-detail"),
    path("policies/<int:pk>/edit/", records.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/review/", records.policy_review, name="policy-review"),
    path("policies/<int:pk>/draft/", records.version_draft, name="policy-version-draft"),
]
