"""How far a piece of long work is: a bar with numbers, time left, and a way to stop it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.models import Job
from zhuchao.apps.core.selectors.jobs import get_job, how_far
from zhuchao.apps.core.services.jobs import cancel_job

from ..selectors.imports import job_url


@login_required
@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a job to the person who started it; htmx gets the bar only."""
    job = get_job(request.user, pk)
    here = reverse("job-detail", args=[pk])
    context = {
        "job": job,
        "far": how_far(job),
        "here": here,
        "cancel_url": reverse("job-cancel", args=[pk]),
        "outcome_url": job_url(job),
    }
    return progress_response(request, "desk/job.html", job, here, context)


@login_required
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a job."""
    cancel_job(actor=request.user, job=get_job(request.user, pk))  # type: ignore[arg-type]
    messages.success(request, _("已要求取消。"))
    return redirect("job-detail", pk)


def progress_response(
    request: HttpRequest, template: str, job: Job, here: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer with the page, or for htmx with the bar; when the job is over, the page itself is asked for anew."""
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, template, context)
    return lead_to(here) if job.is_over else render(request, "desk/job.html#bar", context)


def lead_to(address: str) -> HttpResponse:
    """Tell a bar that asked how far the work is to leave for a page: the work is over."""
    return HttpResponse(headers={"HX-Redirect": address})


urlpatterns = [
    path("jobs/<int:pk>/", job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", job_cancel, name="job-cancel"),
]
