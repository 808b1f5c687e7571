"""Pages of pictures: added, described, exchanged, taken away. They show on the pages of their places."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.pictures import PictureEditForm, PictureForm
from ..models import Floor, Picture, Site, Unit
from .choices import asked_id
from .pages import form_response


def gallery(request: HttpRequest, site: Site, pictures: Any) -> dict[str, Any]:
    """Return the context of ``premises/parts/pictures.html``."""
    return {"pictures": pictures, "may_change_pictures": selectors.may_change_pictures(request.user, site)}


def _place_url(picture: Picture) -> str:
    if picture.unit_id is not None:
        return reverse("unit-detail", args=[picture.unit_id])
    if picture.floor is not None:
        return reverse("building-detail", args=[picture.floor.building_id])
    return reverse("site-detail", args=[picture.site_id])


@login_required
def picture_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a picture of a site; ``?unit=`` says of which unit, ``?building=`` of whose floors."""
    site = selectors.get_site(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        file = values.pop("file")
        picture = services.add_picture(
            actor=person_of(request), site=site, name=file.name, content=file, **values
        )
        messages.success(request, _("已添加图片。"))
        return redirect(_place_url(picture))

    unit, building = asked_id(request, "unit"), asked_id(request, "building")
    floors = Floor.objects.filter(building__site=site).select_related("building")
    form = PictureForm(
        posted(request),
        request.FILES or None,
        initial={"unit": unit, "kind": Picture.Kind.PLAN if building else Picture.Kind.PHOTO},
        may_publish=selectors.may_publish(request.user, site),
        floors=floors.filter(building=building) if building else floors,
        units=Unit.objects.filter(site=site)
        .exclude(state=Unit.State.WITHDRAWN)
        .select_related("site", "building", "floor"),
    )
    cancel = reverse("unit-detail", args=[unit]) if unit else reverse("site-detail", args=[pk])
    return form_response(request, form, act, title=_("添加图片"), cancel_url=cancel, site=site)


@login_required
def picture_file(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with a picture."""
    return attachment_response(selectors.get_picture(request.user, pk).file)


@login_required
def picture_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a picture says, or exchange it."""
    picture = selectors.get_picture(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        file = values.pop("file", None)
        services.change_picture(
            actor=person_of(request),
            picture=picture,
            version=seen_version(request),
            name=file.name if file else "",
            content=file,
            **values,
        )
        messages.success(request, _("已保存。"))
        return redirect(_place_url(picture))

    form = PictureEditForm(
        posted(request),
        request.FILES or None,
        initial={name: getattr(picture, name) for name in ("kind", "caption", "is_public")},
        may_publish=selectors.may_publish(request.user, picture.site),
    )
    return form_response(
        request,
        form,
        act,
        title=_("修改图片“%(name)s”") % {"name": picture},
        cancel_url=_place_url(picture),
        version=picture.version,
        site=picture.site,
    )


@login_required
def picture_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a picture away."""
    picture = selectors.get_picture(request.user, pk)
    back = _place_url(picture)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.remove_picture(actor=person_of(request), picture=picture, **values)
        messages.success(request, _("已删除图片。"))
        return redirect(back)

    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("删除图片“%(name)s”") % {"name": picture},
        submit_label=_("删除图片"),
        cancel_url=back,
        site=picture.site,
        dangerous=True,
    )
