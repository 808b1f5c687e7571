"""Time the import of an .xlsx of enterprises, validation included, and the same through django-import-export.

    python3 dev.py bench import_enterprises [--rows 100000] [--peer-rows 5000] [--database sqlite|postgres|both]

Ours: upload, understanding of the columns, checks of every cell (credit codes' check digits among them), comparison
with what is kept, one transaction that writes firms, names, contacts, the search index and the sealed log of changes.
The peer ("same"): ``ModelResource.import_data`` as it comes, row by row, where saving a row puts the firm on the
register with the product's own checks, so that the same is kept in the end. The peer ("bare"): the same resource that
saves the firm's own row only, without any check. Each runs in a process of its own on an empty database. Prints one
JSON line a case: seconds by the clock and of the processor, rows a second and the peak of the memory in MB; then how
many times more rows a second ours takes in. Nothing is extrapolated: a peer's rows a second are those of its own,
shorter file, which spares it what grows with the file.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from _measuring import database_of

SECONDS_LIMIT = 30
MEMORY_LIMIT_MB = 500
HEADER = (
    *("企业名称", "统一社会信用代码", "原注册号", "国民经济行业代码", "所属产业", "状态", "规上", "成立日期"),
    *("注册资本(万元)", "法定代表人", "地址", "主营业务", "联系人", "联系电话", "标签", "标签来源"),
)
INDUSTRIES = ("C3962", "C3670", "F5219", "I6510", "M7320", "L7212", "E4710", "G5930")
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
PLACES = ("平江路", "临顿路", "白塔东路", "东北街", "齐门路", "仓街", "菉葭巷", "大儒巷")
SYLLABLES = (
    "苏鲲恒通瑞达华盛鼎新宏远嘉禾博雅天成永信金石东方智联云帆启明星辰海纳百川德润泽普康乐美佳优创科安平顺和"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer-rows", type=int, default=5_000)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="sqlite")
    parser.add_argument("--run", choices=("ours", "same", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        found = ours(asked.file) if asked.run == "ours" else peer(asked.file, bare=asked.run == "bare")
        print(json.dumps(found))
        return 0
    databases = ("sqlite", "postgres") if asked.database == "both" else (asked.database,)
    with tempfile.TemporaryDirectory(prefix="zhuchao-bench-") as folder:
        long, short = Path(folder) / "long.xlsx", Path(folder) / "short.xlsx"
        write_ledger(long, asked.rows)
        write_ledger(short, asked.peer_rows)
        files = {"ours": long, "same": short, "bare": short}
        for database in databases:
            compare(database, files)
    return 0


def compare(database: str, files: dict[str, Path]) -> None:
    """Run both on a database each and print what came out."""
    found: dict[str, dict[str, Any]] = {}
    for name, path in files.items():
        with database_of(database) as environment:
            command = [sys.executable, __file__, "--run", name, "--file", str(path)]
            done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps({"case": name, "database": database, **found[name]}), flush=True)
    mine = found["ours"]
    verdict = {
        "case": "ratio",
        "database": database,
        "ratio": times(mine, found["same"]),
        "ratio_to_bare": times(mine, found["bare"]),
        "note": f"rows per second, ours over {mine['rows']} rows, the peer over {found['same']['rows']}",
        "seconds_of_limit": round(mine["seconds"] / SECONDS_LIMIT, 2),
        "memory_of_limit": round(mine["peak_mb"] / MEMORY_LIMIT_MB, 2),
    }
    print(json.dumps(verdict), flush=True)


def times(mine: dict[str, Any], theirs: dict[str, Any]) -> float:
    return round(mine["rows_per_second"] / theirs["rows_per_second"], 1)


def write_ledger(path: Path, rows: int) -> None:
    """Write a ledger of made-up firms, the same for the same number of rows."""
    from zhuchao.engines.identity import make_synthetic_code

    chance = random.Random(42)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    page, day = book.add_worksheet("企业台账"), book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, HEADER)
    for number in range(rows):
        word = "".join(chance.choices(SYLLABLES, k=4))
        name = f"示例{word}{number}智能装备有限公司"
        page.write_row(
            number + 1, 0, [name, make_synthetic_code(number), "", chance.choice(INDUSTRIES), "", "在营"]
        )
        page.write(number + 1, 6, chance.choice("是否"))
        founded = datetime(2000 + chance.randrange(24), chance.randint(1, 12), chance.randint(1, 28))  # noqa: DTZ001
        page.write_datetime(number + 1, 7, founded, day)
        person = chance.choice(FAMILY) + "示例"
        address = f"平江街道{chance.choice(PLACES)}{number % 400}号"
        rest = [
            chance.randrange(10, 500_000) / 10,
            person,
            address,
            f"智能装备研发、制造{number % 50}",
            person,
        ]
        page.write_row(number + 1, 8, [*rest, f"138{chance.randrange(10**8):08d}"])
    book.close()


def set_up() -> Any:
    """Make the tables and a zone in the database of this process."""
    import django
    from django.core.management import call_command

    django.setup()
    from zhuchao.apps.zones.models import Zone

    call_command("migrate", verbosity=0)
    return Zone.objects.create(code="bench", name="测量街道", short_name="测量", kind=Zone.Kind.SUBDISTRICT)


def ours(path: Path) -> dict[str, Any]:
    """Import a file through the product."""
    zone = set_up()
    from zhuchao.apps.core.services.importing import import_file
    from zhuchao.apps.enterprises.models import Enterprise

    begun, begun_cpu = time.perf_counter(), time.process_time()
    trial = import_file(actor=None, scope=zone.pk, kind="enterprises", path=path)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu
    assert trial.counts["new"] == trial.counts["rows"] == Enterprise.objects.count(), trial.counts
    return measured(seconds, cpu_seconds, trial.counts["rows"])


def peer(path: Path, *, bare: bool) -> dict[str, Any]:
    """Import a file through django-import-export as it comes: one resource, one row after another."""
    zone = set_up()
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    from zhuchao.apps.enterprises.models import Enterprise
    from zhuchao.apps.enterprises.services import add_contact, add_enterprise

    columns = {
        "name": "企业名称",
        "credit_code": "统一社会信用代码",
        "industry_code": "国民经济行业代码",
        "established_on": "成立日期",
        "registered_capital_cny": "注册资本(万元)",
        "legal_person": "法定代表人",
        "address": "地址",
        "business": "主营业务",
    }

    class EnterpriseResource(resources.ModelResource):
        class Meta:
            model = Enterprise
            import_id_fields = ("credit_code",)
            fields = tuple(columns)

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.zone_id, instance.normal_name = zone.pk, instance.name
            instance.contact = (row["联系人"], str(row["联系电话"]))
            instance.established_on = row["成立日期"].date()
            instance.registered_capital_cny = Decimal(str(row["注册资本(万元)"])) * 10_000

        def do_instance_save(self, instance: Any, is_create: bool) -> None:
            if bare:
                super().do_instance_save(instance, is_create)
                return
            said = {name: getattr(instance, name) for name in columns}
            firm = add_enterprise(actor=None, zone=zone, **said)
            name, phone = instance.contact
            add_contact(actor=None, enterprise=firm, name=name, phone=phone, is_main=True)
            instance.pk = firm.pk

    for attribute, header in columns.items():
        EnterpriseResource.fields[attribute].column_name = header
    begun, begun_cpu = time.perf_counter(), time.process_time()
    data = XLSX().create_dataset(path.read_bytes())
    result = EnterpriseResource().import_data(data, raise_errors=True)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu
    assert result.totals["new"] == Enterprise.objects.count() == len(data), result.totals
    return measured(seconds, cpu_seconds, len(data))


def measured(seconds: float, cpu_seconds: float, rows: int) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak_mb = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "rows_per_second": round(rows / seconds),
        "peak_mb": round(peak_mb),
    }


SOURCE = str(Path(__file__).resolve().parent.parent / "src")

if __name__ == "__main__":
    sys.path.insert(0, SOURCE)
    sys.exit(main())
