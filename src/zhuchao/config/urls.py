"""Every address of the product."""

from django.urls import include, path

from .api import api

urlpatterns = [
    path("", include("zhuchao.apps.portal.urls")),
    path("", include("zhuchao.apps.desk.urls")),
    path("", include("zhuchao.apps.zones.urls")),
    path("", include("zhuchao.apps.enterprises.urls")),
    path("", include("zhuchao.apps.premises.urls")),
    path("", include("zhuchao.apps.promotion.urls")),
    path("", include("zhuchao.apps.projects.urls")),
    path("", include("zhuchao.apps.approvals.urls")),
    path("", include("zhuchao.apps.policies.urls")),
    path("", include("zhuchao.apps.indicators.urls")),
    path("", include("zhuchao.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]
