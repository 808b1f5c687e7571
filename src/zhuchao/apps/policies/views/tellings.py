"""送政策进企业: the ledger of who was told, and the forms that enter, correct and void."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Column, Filter, Kind, ListPage, RowVerb, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..forms import TellingCorrectForm, TellingForm, lines_of
from ..models import PolicyTelling
from ..selectors import tellings
from ..services import tellings as services

TELLINGS = ListPage(
    key="policy-tellings",
    title=_("送政策台账"),
    thing="outreach",
    columns=(
        Column("day", _("日期"), lambda e: e.happened_on, Kind.DATE, sort="happened_on", on_phone=True),
        Column(
            "policy",
            _("政策"),
            lambda e: e.policy.title,
            link=lambda e: reverse("policy-detail", args=[e.policy_id]),
            on_phone=True,
        ),
        Column("firm", _("企业"), lambda e: e.enterprise.name, on_phone=True),
        Column("way", _("方式"), lambda e: e.get_way_display()),
        Column("occasion", _("场次"), lambda e: e.occasion),
        Column("officer", _("告知人"), lambda e: str(e.officer)),
        Column("person", _("企业接待人"), lambda e: e.person),
        Column("receipt", _("回执"), lambda e: e.receipt or ("none", gettext("没有"), "yellow"), Kind.STATE),
        Column("at", _("登记时间"), lambda e: e.recorded_at, Kind.MOMENT, hidden=True),
    ),
    filters=(
        Filter("way", _("方式"), by_value("way"), lambda request: PolicyTelling.Way.choices),
        Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(policy__title__icontains=text)
    ),
    search_hint=_("企业名称、政策名称"),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb(
            "correct",
            _("补回执或更正"),
            lambda e: reverse("policy-telling-correct", args=[e.pk]),
            icon="tabler-edit",
            verb="change",
            thing="outreach",
        ),
        RowVerb(
            "void",
            _("作废"),
            lambda e: reverse("policy-telling-void", args=[e.pk]),
            icon="tabler-trash",
            verb="void",
            thing="outreach",
        ),
    ),
    empty_sentence=_("还没有记录。打开政策，登记向哪些企业宣传过。"),
)


@login_required
def telling_list(request: HttpRequest) -> HttpResponseBase:
    """List who was told of which policy, in force."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.OUTREACH, zone)
    return list_response(request, TELLINGS, tellings.listed_tellings(actor, zone))


@login_required
def telling_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that firms were told of a policy."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    zones.require(actor, Verb.ADD, Thing.OUTREACH, policy.zone)
    back = reverse("policy-detail", args=[pk])
    form = TellingForm(editing.posted(request), initial={"on": zones.today(policy.zone)}, zone=policy.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        named = lines_of(values.pop("firms"))
        known = firms_named(policy.zone_id, named)
        unknown = [name for name in named if name not in known]
        if unknown:
            raise WrongInput(
                field=gettext("企业"),
                why=gettext("没有登记这些企业：%(names)s。") % {"names": listed(unknown)},
            )
        firms = [known[name] for name in named]
        entries = services.tell_firms(actor=actor, policy=policy, enterprises=firms, **values)
        messages.success(request, gettext("已登记 %(n)d 家。") % {"n": len(entries)})
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=gettext("登记送政策"),
        cancel_url=back,
        template="policies/form.html",
        policy=policy,
    )


@login_required
def telling_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the receipt that came later, or say it right."""
    actor = person_of(request)
    entry = tellings.get_telling(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.OUTREACH, entry.zone)
    back = reverse("policy-detail", args=[entry.policy_id])
    initial = {name: getattr(entry, name) for name in ("happened_on", "way", "occasion", "person", "receipt")}
    form = TellingCorrectForm(editing.posted(request), initial=initial, zone=entry.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_telling(actor=actor, entry=entry, **values)
        messages.success(request, gettext("已保存。"))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=gettext("补回执或更正：%(entry)s") % {"entry": entry},
        cancel_url=back,
        template="policies/form.html",
        policy=entry.policy,
    )


@login_required
def telling_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry out of every count."""
    actor = person_of(request)
    entry = tellings.get_telling(actor, pk)
    zones.require(actor, Verb.VOID, Thing.OUTREACH, entry.zone)
    back = reverse("policy-detail", args=[entry.policy_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_telling(actor=actor, entry=entry, reason=values["reason"])
        messages.success(request, gettext("已作废。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=gettext("作废：%(entry)s") % {"entry": entry},
        cancel_url=back,
        template="policies/form.html",
        policy=entry.policy,
    )
