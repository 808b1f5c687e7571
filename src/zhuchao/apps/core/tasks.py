"""What the queue runs: a wrapper around the service that does the work."""

from django_tasks import task

from .services import jobs


@task
def run_job(job_id: int) -> None:
    """Run one job; nothing happens when it was cancelled, is done, or another worker has it."""
    jobs.run(job_id)
