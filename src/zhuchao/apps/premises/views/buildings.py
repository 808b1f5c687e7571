"""The page of a building: its stacking plan and what it comes to."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones

from .. import selectors
from .pictures import gallery
from .stacks import LEGEND, STATE_COLOURS, drawn


@login_required
def building_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a building floor by floor."""
    building = selectors.get_building(request.user, pk)
    stacks = selectors.stack_of(building.site, building)
    today = zones.today(building.site.zone)
    return render(
        request,
        "premises/building_detail.html",
        {
            "record": building,
            "building": building,
            "site": building.site,
            **gallery(request, building.site, selectors.pictures_of_building(request.user, building)),
            "pictures_query": f"?building={building.pk}",
            "stacks": drawn(stacks, today),
            "legend": LEGEND,
            "colours": STATE_COLOURS,
            "facts": [
                (_("载体"), building.site),
                (_("门牌"), building.address or building.site.address),
                (_("园长"), building.site.steward),
            ],
        },
    )
