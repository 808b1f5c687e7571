"""Pages of consent and use: what a firm agreed to, what its documents were used for, and how much that spared it."""

from calendar import monthrange
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Column, Filter, Kind, ListPage, RowVerb, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ConsentForm, ReasonForm, UseForm
from ..models import DocumentKind
from ..selectors import vault
from .pages import form_response
from .vault import url_of

USES = ListPage(
    key="firm-document-uses",
    title=gettext_lazy("免交材料明细"),
    thing="firm_document",
    columns=(
        Column(
            "on",
            gettext_lazy("使用日期"),
            lambda use: use.happened_on,
            Kind.DATE,
            sort="happened_on",
            on_phone=True,
        ),
        Column(
            "enterprise",
            gettext_lazy("企业"),
            lambda use: use.enterprise.name,
            link=lambda use: reverse("enterprise-documents", args=[use.enterprise_id]),
            on_phone=True,
        ),
        Column(
            "document",
            gettext_lazy("材料"),
            lambda use: str(use.document),
            link=lambda use: url_of(use.document),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("材料种类"), lambda use: use.get_kind_display(), hidden=True),
        Column("matter", gettext_lazy("用于事项"), lambda use: use.matter),
        Column("subject", gettext_lazy("用于哪件事"), lambda use: use.subject),
        Column("consent", gettext_lazy("同意人"), lambda use: use.consent.given_by if use.consent else ""),
        Column("by", gettext_lazy("登记人"), lambda use: str(use.recorded_by or "")),
    ),
    filters=(
        Filter("on", gettext_lazy("使用日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("kind", gettext_lazy("材料种类"), by_value("kind"), lambda request: DocumentKind.choices),
        Filter(
            "enterprise",
            gettext_lazy("企业"),
            by_value("enterprise_id"),
            lambda request: [
                (str(pk), name)
                for pk, name, _n in vault.saved_by_firm(request.user, zone_of(request), most=200)
            ],
        ),
    ),
    row_verbs=(
        RowVerb(
            "void",
            gettext_lazy("作废"),
            lambda use: reverse("firm-document-use-void", args=[use.pk]),
            "tabler-x",
            "void",
            "firm_document",
        ),
    ),
    default_sort="-happened_on",
    empty_sentence=gettext_lazy("还没有免交材料的记录。"),
)


@login_required
def use_list(request: HttpRequest) -> HttpResponseBase:
    """List the uses by which a document was not asked again."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.FIRM_DOCUMENT, zone)
    return list_response(request, USES, vault.saved_uses(request.user, zone))


@login_required
def saved(request: HttpRequest) -> HttpResponse:
    """Show how many documents were not asked again, by month and by firm; each number opens to its entries."""
    zone = zone_of(request)
    zones.require(request.user, Verb.VIEW, Thing.FIRM_DOCUMENT, zone)
    months = vault.saved_by_month(request.user, zone)
    most = max((n for _month, n in months), default=1)
    here = reverse("firm-document-use-list")
    return render(
        request,
        "enterprises/documents_saved.html",
        {
            "total": sum(n for _month, n in months),
            "months": [
                (
                    f"{month:%Y-%m}",
                    n,
                    int(n * 100 / most),
                    f"{here}?on={month:%Y-%m}-01..{month:%Y-%m}-{monthrange(month.year, month.month)[1]}",
                )
                for month, n in months
            ],
            "firms": [
                (name, reverse("enterprise-documents", args=[pk]), n, f"{here}?enterprise={pk}")
                for pk, name, n in vault.saved_by_firm(request.user, zone)
            ],
            "all_url": here,
        },
    )


@login_required
def consent_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a firm lets its documents be used for."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FIRM_DOCUMENT, firm.zone_id)

    def act(values: dict[str, Any]) -> str:
        evidence = kept_evidence(request, values, firm.zone_id)
        services.give_consent(actor=actor, enterprise=firm, evidence=evidence, **values)
        return _("已登记同意。")

    today = zones.today(firm.zone)
    initial = {"on": today, "until": today.replace(month=12, day=31), "kind": request.GET.get("kind", "")}
    form = ConsentForm(posted(request), request.FILES or None, initial=initial, zone=firm.zone)
    back = reverse("enterprise-documents", args=[firm.pk])
    return form_response(request, form, act, firm=firm, title=_("登记同意"), back=back)


@login_required
def consent_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the signed paper of a consent."""
    return evidence_response(vault.get_consent(request.user, pk))


@login_required
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a consent back."""
    actor = person_of(request)
    consent = vault.get_consent(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, consent.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.withdraw_consent(actor=actor, consent=consent, **values)
        return _("已撤回同意，原条目保留。")

    return form_response(
        request,
        ReasonForm(posted(request)),
        act,
        firm=consent.enterprise,
        title=_("撤回同意：%(matter)s") % {"matter": consent.matter},
        back=reverse("enterprise-documents", args=[consent.enterprise_id]),
        dangerous=True,
    )


@login_required
def document_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Log that a document is used for one thing."""
    actor = person_of(request)
    document = vault.get_document(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FIRM_DOCUMENT, document.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.use_document(actor=actor, document=document, **values)
        return _("已登记使用。")

    form = UseForm(
        posted(request), initial={"on": zones.today(document.zone), "matter": request.GET.get("matter", "")},
        zone=document.zone,
    )  # fmt: skip
    return form_response(
        request,
        form,
        act,
        firm=document.enterprise,
        title=_("使用：%(document)s") % {"document": document},
        back=url_of(document),
    )


@login_required
def use_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a use logged by mistake out of the count."""
    actor = person_of(request)
    use = vault.get_use(actor, pk)
    zones.require(actor, Verb.VOID, Thing.FIRM_DOCUMENT, use.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.void_use(actor=actor, use=use, **values)
        return _("已作废，原条目保留在台账中。")

    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        firm=use.enterprise,
        title=_("作废使用记录"),
        back=url_of(use.document),
        dangerous=True,
    )
