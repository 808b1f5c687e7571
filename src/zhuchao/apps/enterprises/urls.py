"""Addresses of enterprises."""

from django.urls import URLPattern, path

from .views import contacts, document_uses, filings, lists, merging, records, tags, vault

urlpatterns: list[URLPattern] = [
    path("enterprises/", lists.enterprise_list, name="enterprise-list"),
    path("enterprises/add/", records.enterprise_add, name="enterprise-add"),
    path("enterprises/duplicates/", merging.enterprise_duplicates, name="enterprise-duplicates"),
    path("enterprises/merge/", merging.enterprise_merge, name="enterprise-merge"),
    path("enterprises/contacts/", contacts.contact_list, name="enterprise-contact-list"),
    path("enterprises/contacts/<int:pk>/edit/", contacts.contact_edit, name="enterprise-contact-edit"),
    path("enterprises/contacts/<int:pk>/remove/", contacts.contact_remove, name="enterprise-contact-remove"),
    path("enterprises/contacts/<int:pk>/reveal/", contacts.contact_reveal, name="enterprise-contact-reveal"),
    path("enterprises/tags/<int:pk>/correct/", tags.tag_correct, name="enterprise-tag-correct"),
    path("enterprises/tags/<int:pk>/void/", tags.tag_void, name="enterprise-tag-void"),
    path("enterprises/tags/<int:pk>/evidence/", tags.tag_evidence, name="enterprise-tag-evidence"),
    path("enterprises/filings/<int:pk>/", filings.filing_detail, name="enterprise-filing-detail"),
    path("enterprises/filings/<int:pk>/correct/", filings.filing_correct, name="enterprise-filing-correct"),
    path("enterprises/filings/<int:pk>/void/", filings.filing_void, name="enterprise-filing-void"),
    path(
        "enterprises/filings/<int:pk>/evidence/", filings.filing_evidence, name="enterprise-filing-evidence"
    ),
    path("enterprises/documents/", vault.document_list, name="firm-document-list"),
    path("enterprises/documents/saved/", document_uses.saved, name="firm-document-saved"),
    path("enterprises/documents/uses/", document_uses.use_list, name="firm-document-use-list"),
    path("enterprises/documents/uses/<int:pk>/void/", document_uses.use_void, name="firm-document-use-void"),
    path(
        "enterprises/documents/consents/<int:pk>/withdraw/",
        document_uses.consent_withdraw,
        name="firm-document-consent-withdraw",
    ),
    path(
        "enterprises/documents/consents/<int:pk>/evidence/",
        document_uses.consent_evidence,
        name="firm-document-consent-evidence",
    ),
    path("enterprises/documents/<int:pk>/", vault.document_detail, name="firm-document-detail"),
    path("enterprises/documents/<int:pk>/file/", vault.document_file, name="firm-document-file"),
    path("enterprises/documents/<int:pk>/edit/", vault.document_edit, name="firm-document-edit"),
    path("enterprises/documents/<int:pk>/replace/", vault.document_replace, name="firm-document-replace"),
    path("enterprises/documents/<int:pk>/withdraw/", vault.document_withdraw, name="firm-document-withdraw"),
    path("enterprises/documents/<int:pk>/use/", document_uses.document_use, name="firm-document-use"),
    path("enterprises/<int:pk>/", records.enterprise_detail, name="enterprise-detail"),
    path("enterprises/<int:pk>/edit/", records.enterprise_edit, name="enterprise-edit"),
    path("enterprises/<int:pk>/state/", records.enterprise_state, name="enterprise-state"),
    path("enterprises/<int:pk>/unmerge/", merging.enterprise_unmerge, name="enterprise-unmerge"),
    path("enterprises/<int:pk>/filings/", records.enterprise_filings, name="enterprise-filings"),
    path("enterprises/<int:pk>/filings/add/", filings.filing_add, name="enterprise-filing-add"),
    path("enterprises/<int:pk>/contacts/", records.enterprise_contacts, name="enterprise-contacts"),
    path("enterprises/<int:pk>/contacts/add/", contacts.contact_add, name="enterprise-contact-add"),
    path("enterprises/<int:pk>/documents/", vault.enterprise_documents, name="enterprise-documents"),
    path("enterprises/<int:pk>/documents/add/", vault.document_add, name="firm-document-add"),
    path("enterprises/<int:pk>/documents/consent/", document_uses.consent_give, name="firm-document-consent"),
    path("enterprises/<int:pk>/related/", records.enterprise_related, name="enterprise-related"),
    path("enterprises/<int:pk>/timeline/", records.enterprise_timeline, name="enterprise-timeline"),
    path("enterprises/<int:pk>/tags/add/", tags.tag_add, name="enterprise-tag-add"),
]
