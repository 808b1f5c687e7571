"""Jobs run once and only once, show how far they are, stop when asked, and are picked up after a kill."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.factories import make_user
from zhuchao.apps.core.errors import JobCannotBeCancelled, NotFound, WrongInput
from zhuchao.apps.core.models import Change, Job
from zhuchao.apps.core.selectors.jobs import beat_path, get_job, how_far
from zhuchao.apps.core.services import jobs
from zhuchao.apps.core.services.progress import Progress, stopping
from zhuchao.apps.core.tasks import run_job


@pytest.fixture
def work() -> Iterator[Callable[[Any], None]]:
    """Register what the jobs of a test do."""
    yield lambda function: jobs.register("test", function)
    jobs._works.pop("test", None)
    stopping.clear()


def start(**arguments: Any) -> Job:
    return jobs.start_job(kind="test", title="试验", scope=7, actor=None, **arguments)


def silence(job: Job, seconds: int = 60) -> None:
    """Make a job look as if its worker had been killed some time ago."""
    before = timezone.now() - timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1, heartbeat_at=before)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something that another thread does is seen; fails loudly when it never is."""
    tick = threading.Event()
    for _ in range(600):
        if condition():
            return
        tick.wait(0.05)
    raise AssertionError("it never came")


def test_a_job_is_queued_with_its_start_in_one_transaction(work):
    work(lambda job, progress: {})
    with transaction.atomic():
        start()
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    job = start(word="值")
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    assert Change.objects.get(scope=7).verb == "start_job"


def test_work_of_an_unknown_kind_is_not_accepted():
    with pytest.raises(LookupError):
        jobs.start_job(kind="unknown", title="", scope=0, actor=None)


def test_a_job_runs_with_its_arguments_and_keeps_its_result(work):
    work(lambda job, progress: {"twice": job.arguments["number"] * 2})
    job = jobs.run(start(number=21).pk)
    assert (job.state, job.result, job.attempts) == (Job.State.DONE, {"twice": 42}, 1)
    assert job.ended_at is not None


def test_a_job_that_was_taken_is_not_run_again(work):
    runs = []
    work(lambda job, progress: runs.append(job.pk) or {})
    job = start()
    assert jobs.run(job.pk) is not None
    assert jobs.run(job.pk) is None
    assert runs == [job.pk]


def test_a_refusal_is_kept_as_a_sentence_and_the_next_step(work):
    def refuse(job: Job, progress: Progress) -> dict[str, Any]:
        raise WrongInput(field="面积", why="不能为负")

    work(refuse)
    job = jobs.run(start().pk)
    assert job.state == Job.State.FAILED
    assert job.problem["code"] == "wrong_input"
    assert job.problem["message"] == "面积：不能为负"


def test_an_unexpected_error_is_told_without_its_insides(work):
    work(lambda job, progress: 1 / 0)
    job = jobs.run(start().pk)
    assert (job.state, job.problem["code"]) == (Job.State.FAILED, "unexpected")
    assert "division" not in str(job.problem)


def test_a_queued_job_is_cancelled_at_once_and_never_runs(work):
    work(lambda job, progress: {})
    job = jobs.cancel_job(actor=None, job=start())
    assert job.state == Job.State.CANCELLED
    assert jobs.run(job.pk) is None
    assert jobs.cancel_job(actor=None, job=job).state == Job.State.CANCELLED


def test_a_job_that_is_over_cannot_be_cancelled(work):
    work(lambda job, progress: {})
    job = jobs.run(start().pk)
    with pytest.raises(JobCannotBeCancelled):
        jobs.cancel_job(actor=None, job=job)


@pytest.mark.django_db(transaction=True)
def test_a_running_job_hears_that_it_was_cancelled_and_its_own_transaction_is_undone(work):
    def cancelled_half_way(job: Job, progress: Progress) -> dict[str, Any]:
        jobs.cancel_job(actor=None, job=job)
        with transaction.atomic():
            make_user(username="half")
            while True:
                progress.say("写入", 1, 2)

    work(cancelled_half_way)
    job = jobs.run(start().pk)
    assert job.state == Job.State.CANCELLED
    assert not type(make_user()).objects.filter(username="half").exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_while_the_work_goes_on(work):
    seen = []

    def look(job: Job, progress: Progress) -> dict[str, Any]:
        progress.say("比对", 25, 100)
        wait_for(lambda: how_far(Job.objects.get(pk=job.pk)).done == 25)
        wait_for(lambda: Job.objects.get(pk=job.pk).done == 25)
        seen.append(how_far(Job.objects.get(pk=job.pk)))
        return {}

    work(look)
    job = jobs.run(start().pk)
    assert [(one.step, one.done, one.total, one.percent) for one in seen] == [("比对", 25, 100, 25)]
    assert seen[0].seconds_left is not None
    assert not beat_path(job.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_works_own_transaction_is_open(work):
    seen = []

    def look(job: Job, progress: Progress) -> dict[str, Any]:
        with transaction.atomic():
            make_user()
            progress.say("写入", 3, 4)
            wait_for(lambda: beat_path(job.pk).exists() and how_far(job).done == 3)
            seen.append(how_far(job))
        return {}

    work(look)
    assert jobs.run(start().pk).state == Job.State.DONE
    assert seen[0].step == "写入"


def test_saying_progress_costs_no_query(work, django_assert_num_queries):
    progress = Progress()
    with django_assert_num_queries(0):
        for number in range(10_000):
            progress.say("比对", number, 10_000)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_asked_to_end_gives_its_job_back(work):
    def told_to_stop(job: Job, progress: Progress) -> dict[str, Any]:
        jobs.stop_soon()
        progress.say("读取")
        return {}

    work(told_to_stop)
    job = start()
    assert jobs.run(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    assert DBTaskResult.objects.ready().count() == 2


def test_a_job_whose_worker_was_killed_goes_back_to_the_queue(work):
    work(lambda job, progress: {"finished": True})
    job = start()
    DBTaskResult.objects.all().delete()
    silence(job)
    assert jobs.recover_jobs() == [job.pk]
    assert jobs.recover_jobs() == []
    assert jobs.run(job.pk).result == {"finished": True}


def test_a_job_whose_worker_still_beats_is_left_alone(work):
    work(lambda job, progress: {})
    job = start()
    silence(job, seconds=10)
    assert jobs.recover_jobs() == []
    assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING


def test_only_one_of_two_workers_takes_a_silent_job_back(work):
    work(lambda job, progress: {})
    job = start()
    silence(job)
    before = Job.objects.get(pk=job.pk)
    assert jobs.recover_jobs() == [job.pk]
    # The second worker had read the row before the first one took it back.
    stale = Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, attempts=before.attempts, heartbeat_at=before.heartbeat_at
    )
    assert stale.update(state=Job.State.QUEUED) == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_wakes_up_after_its_job_was_taken_over_cannot_commit(work):
    def overtaken(job: Job, progress: Progress) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(attempts=2)
        with transaction.atomic():
            make_user(username="late")
            progress.seal()
        return {}

    work(overtaken)
    job = start()
    assert jobs.run(job.pk) is None
    assert not type(make_user()).objects.filter(username="late").exists()
    assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING


def test_a_job_that_kills_every_worker_is_given_up(work):
    work(lambda job, progress: {})
    job = start()
    silence(job)
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
    assert jobs.recover_jobs() == []
    job.refresh_from_db()
    assert (job.state, job.problem["code"]) == (Job.State.FAILED, "gave_up")


def test_a_silent_job_that_was_to_be_cancelled_ends_there(work):
    work(lambda job, progress: {})
    job = start()
    silence(job)
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    jobs.recover_jobs()
    assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED


def test_a_queued_job_that_the_queue_has_lost_is_queued_again(work):
    work(lambda job, progress: {})
    job = start()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    assert jobs.recover_jobs() == []
    DBTaskResult.objects.all().delete()
    assert jobs.recover_jobs() == [job.pk]
    assert DBTaskResult.objects.ready().count() == 1


def test_old_entries_of_the_queue_are_forgotten_and_jobs_are_kept(work):
    work(lambda job, progress: {})
    start()
    week = timezone.now() - timedelta(days=8)
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=week)
    assert jobs.forget_old_tasks() == 1
    assert Job.objects.count() == 1


def test_a_job_is_seen_by_who_started_it_and_by_nobody_else(work):
    work(lambda job, progress: {})
    owner, other = make_user(), make_user()
    job = jobs.start_job(kind="test", title="试验", scope=7, actor=owner)
    assert get_job(owner, job.pk) == job
    with pytest.raises(NotFound):
        get_job(other, job.pk)
    with pytest.raises(NotFound):
        get_job(None, job.pk)


def test_the_task_runs_the_service(work):
    work(lambda job, progress: {"done": True})
    job = start()
    run_job.call(job.pk)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_queued_and_what_a_killed_one_left(work):
    work(lambda job, progress: {"done": True})
    queued, left = start(), start()
    DBTaskResult.objects.filter(args_kwargs__args=[left.pk]).delete()
    silence(left)
    call_command("work", "--until-idle", "--interval", "0.05")
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}
    assert {job.pk for job in Job.objects.all()} == {queued.pk, left.pk}


@pytest.mark.django_db(transaction=True)
def test_the_worker_ends_when_its_parent_has_gone(work):
    gone = 2**22 + 1  # no process has a number this high here
    call_command("work", "--parent", str(gone), "--interval", "0.05")
    assert connection.is_usable()
