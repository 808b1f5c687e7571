"""Addresses of the desk."""

from django.urls import include, path

from .views import imports, jobs, today

urlpatterns = [
    path("", today.home, name="home"),
    path("today/", today.today, name="today"),
    path("today/snooze/", today.snooze, name="today-snooze"),
    path("search/", today.search, name="search"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("", include(imports.urlpatterns)),
]
