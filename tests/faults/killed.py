"""Do long work in processes that are killed at chosen places, each work at last once to its end.

``python -m tests.faults.killed PLAN``: the plan is JSON, {work: [place, ...]}; a place is ``module:function``, or
``module:function#2`` for its second call. One process after another does the work and kills itself, as by
``kill -9``, where the place is called. Prints, for each work, {"killed": the places where one was, "finished":
whether the last was not, "broken": chains of changes that do not hold}.
"""

import importlib
import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

CSV = "企业名称,统一社会信用代码\n" + "".join(f"试验企业{number}有限公司,\n" for number in range(40))
ZONE_TOML = """
note = "示例数据：合成"
[zone]
code = "small"
name = "小镇"
short_name = "小镇"
kind = "town"
demo_day = 2023-06-15
[[people]]
username = "small.admin"
display_name = "陈示例"
role = "administrator"
"""
SHEET = "#! kind: enterprises\n#! sheet: 企业台账\n企业名称,地址\n示例{n}号有限公司,一路\n示例{n}0号有限公司,二路\n"


def set_trap(place: str) -> None:
    """Make this process kill itself when a function is called for the wanted time."""
    name, _, which = place.partition("#")
    module_name, _, function_name = name.partition(":")
    module: Any = importlib.import_module(module_name)
    original, calls = getattr(module, function_name), []

    def trap(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == int(which or 1):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(module, function_name, trap)


def in_a_process(work: Callable[[], object], place: str = "") -> int:
    """Do the work in a process of its own and return how that ended: 0, or less when a signal killed it."""
    connection.close()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        if place:
            set_trap(place)
        try:
            work()
            connection.close()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def do_queued() -> None:
    call_command("work", until_idle=True, silent_for=0.0, interval=0.05)


def order_report() -> Callable[[], object]:
    from zhuchao.apps.indicators.services import start_report
    from zhuchao.apps.zones.models import Zone

    start_report(actor=None, zone=Zone.objects.get(), month=date(2026, 6, 30))
    return do_queued


def order_import() -> Callable[[], object]:
    from zhuchao.apps.core.services.importing import confirm_import, try_import, upload_ledger
    from zhuchao.apps.zones.models import Zone

    batch = upload_ledger(
        actor=None,
        scope=Zone.objects.get().pk,
        kind="enterprises",
        file=io.BytesIO(CSV.encode()),
        name="企业.csv",
    )
    try_import(batch)
    confirm_import(actor=None, batch=batch)
    return do_queued


def order_plan() -> Callable[[], object]:
    from tests.factories import make_lead, make_site, make_unit
    from zhuchao.apps.promotion.models import LeadNeeds
    from zhuchao.apps.promotion.services import start_plan
    from zhuchao.apps.zones.models import Zone

    zone = Zone.objects.get()
    site = make_site(zone)
    for number in range(4):
        make_unit(site, gross_area_m2=500)
        LeadNeeds.objects.create(zone=zone, lead=make_lead(zone, stage="talking"), area_min_m2=100 * number)
    start_plan(actor=None, zone=zone)
    return do_queued


def load_small_demo() -> Callable[[], object]:
    from zhuchao.apps.core.models import Installation
    from zhuchao.apps.desk.services.demo import load_demo

    Installation.objects.update(mode=Installation.Mode.DEMO, set_up_at=None)
    folder = _demo_folder()
    return lambda: load_demo(folder, work=folder / "written")


def _demo_folder() -> Path:
    folder = Path(os.environ["ZHUCHAO_DATA"]) / "small-demo"
    (folder / "small").mkdir(parents=True)
    (folder / "small" / "zone.toml").write_text(ZONE_TOML, encoding="utf-8")
    for n in (1, 2, 3):
        (folder / "small" / f"{n}.csv").write_text(SHEET.format(n=n), encoding="utf-8")
    return folder


WORKS: dict[str, Callable[[], Callable[[], object]]] = {
    "report": order_report,
    "import": order_import,
    "plan": order_plan,
    "demo": load_small_demo,
}


def do(work_name: str, places: list[str]) -> dict[str, Any]:
    """Do one work until it is killed at each place and then finished; return what there is to tell."""
    from zhuchao.apps.core.services import verify_changes

    work = WORKS[work_name]()
    killed = [place for place in places if in_a_process(work, place) == -signal.SIGKILL]
    finished = in_a_process(work) == 0
    broken = [str(chain) for chain in verify_changes() if not isinstance(chain, int)]
    return {"killed": killed, "finished": finished, "broken": broken}


def main(plan: str) -> None:
    django.setup()
    print(json.dumps({work: do(work, places) for work, places in json.loads(plan).items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
