"""Search over everything a person may see, in one box."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.approvals.selectors import visible_cases
from zhuchao.apps.approvals.selectors.procedures import visible_procedures
from zhuchao.apps.core.selectors.search import find
from zhuchao.apps.enterprises import selectors as enterprises
from zhuchao.apps.enterprises.selectors.vault import visible_documents
from zhuchao.apps.policies import selectors as policies
from zhuchao.apps.policies.selectors.applications import visible_applications
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.premises.selectors import relocations
from zhuchao.apps.premises.selectors.renewal import visible_renewals
from zhuchao.apps.premises.selectors.works import visible_works
from zhuchao.apps.projects import selectors as projects
from zhuchao.apps.promotion import selectors as promotion
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb


@dataclass(frozen=True)
class Searchable:
    """A kind of record that search finds: whose permission opens it, where it leads, and its rows."""

    label: str | Promise
    thing: Thing
    url_name: str


@dataclass(frozen=True)
class Hit:
    """One result: what it is, its title, what else identifies it, and where it leads."""

    kind: str
    title: str
    detail: str
    code: str
    url: str


SEARCHABLE = {
    "enterprises.enterprise": Searchable(_("企业"), Thing.ENTERPRISE, "enterprise-detail"),
    "enterprises.firmdocument": Searchable(_("企业材料"), Thing.FIRM_DOCUMENT, "firm-document-detail"),
    "premises.site": Searchable(_("载体"), Thing.SITE, "site-detail"),
    "premises.unit": Searchable(_("房源"), Thing.UNIT, "unit-detail"),
    "premises.relocationscheme": Searchable(_("征地拆迁"), Thing.RELOCATION, "relocation-detail"),
    "premises.lease": Searchable(_("租约"), Thing.LEASE, "lease-detail"),
    "premises.works": Searchable(_("建设改造"), Thing.WORKS, "works-detail"),
    "premises.renewal": Searchable(_("城市更新"), Thing.RENEWAL, "renewal-detail"),
    "promotion.lead": Searchable(_("线索"), Thing.LEAD, "lead-detail"),
    "promotion.activity": Searchable(_("活动"), Thing.ACTIVITY, "activity-detail"),
    "promotion.viewing": Searchable(_("踏勘"), Thing.LEAD, "viewing-detail"),
    "promotion.chain": Searchable(_("产业链"), Thing.CHAIN, "chain-detail"),
    "projects.project": Searchable(_("项目"), Thing.PROJECT, "project-detail"),
    "projects.agreement": Searchable(_("协议"), Thing.COVENANT, "agreement-detail"),
    "approvals.procedure": Searchable(_("审批流程"), Thing.PROCEDURE, "procedure-detail"),
    "approvals.case": Searchable(_("办件"), Thing.CASE, "case-detail"),
    "policies.policy": Searchable(_("政策"), Thing.POLICY, "policy-detail"),
    "policies.application": Searchable(_("政策申报"), Thing.APPLICATION, "application-detail"),
}

# Rows that a wide scope does not open by itself: what the selectors of their apps say is what counts.
_ROWS = {
    "enterprises.enterprise": enterprises.visible_enterprises,
    "enterprises.firmdocument": visible_documents,
    "premises.site": premises.visible_sites,
    "premises.unit": premises.visible_units,
    "premises.relocationscheme": relocations.visible_schemes,
    "premises.lease": premises.visible_leases,
    "premises.works": visible_works,
    "premises.renewal": visible_renewals,
    "promotion.lead": promotion.visible_leads,
    "promotion.activity": promotion.visible_activities,
    "promotion.viewing": promotion.visible_viewings,
    "promotion.chain": promotion.visible_chains,
    "projects.project": projects.visible_projects,
    "projects.agreement": projects.visible_agreements,
    "approvals.procedure": visible_procedures,
    "approvals.case": visible_cases,
    "policies.policy": policies.visible_policies,
    "policies.application": visible_applications,
}


def search_everything(actor: User, text: str, *, limit: int = 20) -> list[Hit]:
    """Return what ``text`` finds among the records this person may see: two characters and up, pinyin
    initials, or a code. Every hit was read through the selector of its own app.
    """
    scopes = {thing: zones.zone_ids(actor, Verb.VIEW, item.thing) for thing, item in SEARCHABLE.items()}
    found = find(scopes, text, limit=limit * 2)
    open_rows: dict[str, set[int]] = {}
    for thing in {doc.thing for doc in found}:
        ids = [doc.row_id for doc in found if doc.thing == thing]
        open_rows[thing] = set(_ROWS[thing](actor).filter(pk__in=ids).values_list("pk", flat=True))
    hits = []
    for doc in found:
        if doc.row_id not in open_rows[doc.thing]:
            continue
        item = SEARCHABLE[doc.thing]
        hits.append(
            Hit(str(item.label), doc.title, doc.detail, doc.code, reverse(item.url_name, args=[doc.row_id]))
        )
    return hits[:limit]
