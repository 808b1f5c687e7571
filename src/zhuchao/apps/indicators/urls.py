"""Addresses of indicators."""

from django.urls import path

from .views import entries, figures, reports

urlpatterns = [
    path("figures/", figures.figure_list, name="figure-list"),
    path("figures/<slug:code>/", figures.figure_detail, name="figure-detail"),
    path("targets/", entries.target_list, name="target-list"),
    path("targets/add/", entries.target_add, name="target-add"),
    path("targets/<int:pk>/correct/", entries.target_correct, name="target-correct"),
    path("targets/<int:pk>/void/", entries.target_void, name="target-void"),
    path("observations/", entries.observation_list, name="observation-list"),
    path("observations/add/", entries.observation_add, name="observation-add"),
    path("observations/<int:pk>/void/", entries.observation_void, name="observation-void"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/add/", reports.report_add, name="report-add"),
    path("reports/<int:pk>/", reports.report_detail, name="report-detail"),
    path("reports/<int:pk>/file/", reports.report_download, name="report-file"),
]
