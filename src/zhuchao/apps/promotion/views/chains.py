"""Pages of industry chains: the picture, the gaps, and who stands where."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.editing import posted
from zhuchao.web.forms import ZForm
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms.chains import ChainForm, NodeForm, PlaceForm, SupplyForm
from ..models import Chain, ChainPlace
from .pages import form_response


@login_required
def chain_list(request: HttpRequest) -> HttpResponse:
    """Show the chains of the zone: how whole each is, its gaps, and how many leads stand on them."""
    ids = zones.zones_under(request.user, zone_of(request), Thing.CHAIN)
    views = selectors.chain_views(selectors.visible_chains(request.user).filter(zone_id__in=ids))
    on_chains = selectors.leads_on_chains(ids, [view.chain for view in views]) if views else None
    return render(request, "promotion/chain_list.html", {"chains": views, "on_chains": on_chains})


@login_required
def chain_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a chain as columns of nodes with the firms and leads on them, the gaps marked."""
    chain = selectors.get_chain(request.user, pk)
    view = selectors.chain_views(selectors.visible_chains(request.user).filter(pk=pk))[0]
    return render(request, "promotion/chain_detail.html", {"chain": chain, "view": view})


@login_required
def chain_add(request: HttpRequest) -> HttpResponse:
    """Add a chain."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        chain = services.add_chain(actor=person_of(request), zone=zone, **values)
        return redirect("chain-detail", pk=chain.pk)

    return form_response(
        request, ChainForm(posted(request)), act, title=_("新增产业链"), cancel_url=reverse("chain-list")
    )


@login_required
def node_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a node to a chain."""
    chain = selectors.get_chain(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_node(actor=person_of(request), chain=chain, **values)
        return redirect("chain-detail", pk=pk)

    title = _("新增环节：%(chain)s") % {"chain": chain}
    return form_response(request, NodeForm(posted(request)), act, title=title, cancel_url=_url(chain))


@login_required
def node_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Put firms and leads on a node."""
    node = selectors.get_node(request.user, pk)
    leads = (
        selectors.visible_leads(request.user).filter(zone_id=node.zone_id).exclude(stage__in=selectors.CLOSED)
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.place_on_chain(actor=person_of(request), node=node, **values)
        return redirect("chain-detail", pk=node.chain_id)

    form = PlaceForm(posted(request), leads=leads.order_by("name", "pk"))
    title = _("上链：%(node)s") % {"node": node}
    return form_response(request, form, act, title=title, cancel_url=_url(node.chain))


@login_required
def place_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a firm or lead off a node."""
    place = selectors.get_place(request.user, pk)
    chain = place.node.chain

    def act(values: dict[str, Any]) -> HttpResponse:
        services.take_off_chain(actor=person_of(request), place=place)
        messages.success(request, _("已移出。"))
        return redirect("chain-detail", pk=chain.pk)

    return form_response(
        request,
        ZForm(posted(request)),
        act,
        title=_("移出：%(name)s") % {"name": place},
        cancel_url=_url(chain),
        dangerous=True,
    )


@login_required
def chain_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who supplies an anchor of a chain."""
    chain = selectors.get_chain(request.user, pk)
    places = ChainPlace.objects.filter(node__chain=chain, lead__isnull=True).order_by("name", "pk")

    def act(values: dict[str, Any]) -> HttpResponse:
        services.link_supplier(actor=person_of(request), **values)
        return redirect("chain-detail", pk=pk)

    form = SupplyForm(posted(request), places=places.select_related("node__chain"))
    title = _("配套关系：%(chain)s") % {"chain": chain}
    return form_response(request, form, act, title=title, cancel_url=_url(chain))


def _url(chain: Chain) -> str:
    return reverse("chain-detail", args=[chain.pk])
