"""Addresses of approvals."""

from django.urls import path

from .views import (
    credit,
    late,
    matter_records,
    matters,
    packs,
    papers,
    pledges,
    procedure_editor,
    procedures,
    rehearsals,
)

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
    path("approvals/procedures/<int:pk>/rehearse/", rehearsals.procedure_rehearse, name="procedure-rehearse"),
    path("approvals/procedures/<int:pk>/rehearse/keep/", rehearsals.rehearsal_keep, name="rehearsal-keep"),
    path("approvals/rehearsals/", rehearsals.rehearsal_list, name="rehearsal-list"),
    path("approvals/rehearsals/<int:pk>/", rehearsals.rehearsal_detail, name="rehearsal-detail"),
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
    path("approvals/cases/<int:pk>/documents/", papers.case_documents, name="case-documents"),
    path(
        "approvals/cases/<int:pk>/documents/reuse/", papers.documents_reuse_all, name="case-documents-reuse"
    ),
    path("approvals/documents/<int:pk>/hand-in/", papers.document_hand_in, name="case-document-hand-in"),
    path("approvals/documents/<int:pk>/reuse/", papers.document_reuse, name="case-document-reuse"),
    path("approvals/documents/<int:pk>/return/", papers.document_take_back, name="case-document-take-back"),
    path("approvals/documents/<int:pk>/file/", papers.document_file, name="case-document-file"),
    path("approvals/spared/", papers.spared_list, name="spared-list"),
    path("approvals/spared/months/", papers.spared_months, name="spared-months"),
    path("approvals/tasks/<int:pk>/late/", late.late_accept, name="task-late"),
    path("approvals/late-notices/", late.notice_list, name="late-notice-list"),
    path("approvals/late-notices/<int:pk>/", late.notice_detail, name="late-notice"),
    path("approvals/late-notices/<int:pk>/letter/", late.notice_as_letter, name="late-notice-letter"),
    path("approvals/late-notices/<int:pk>/file/", late.notice_file, name="late-notice-file"),
    path("approvals/tasks/<int:pk>/pledge/", pledges.pledge_sign, name="task-pledge"),
    path("approvals/pledges/", pledges.pledge_list, name="pledge-list"),
    path("approvals/pledges/<int:pk>/", pledges.pledge_detail, name="pledge-detail"),
    path("approvals/pledges/<int:pk>/check/", pledges.pledge_check, name="pledge-check"),
    path("approvals/pledges/<int:pk>/letter/", pledges.pledge_as_letter, name="pledge-letter"),
    path("approvals/pledges/<int:pk>/file/", pledges.pledge_file, name="pledge-file"),
    path("approvals/credit/", credit.credit_list, name="credit-list"),
    path("approvals/credit/add/", credit.credit_add, name="credit-add"),
    path("approvals/credit/<int:pk>/repair/", credit.credit_repair, name="credit-repair"),
    path("approvals/credit/<int:pk>/void/", credit.credit_void, name="credit-void"),
    path("approvals/credit/<int:pk>/file/", credit.credit_file, name="credit-file"),
]
