#!/usr/bin/env python3
"""Set up what is missing, then run, test, check, measure or build Zhuchao.

One entry for a checkout, in the standard library only. Everything it fetches or makes goes to `var/`, which
git ignores; packages come by hash from the lock files, and a step whose inputs have not changed is skipped.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must hear why, not see a traceback
    sys.exit("筑巢需要 Python 3.11 或更高版本。/ Zhuchao needs Python 3.11 or newer.")

import argparse
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tooling.browsers import browser
from tooling.packages import (
    LOCKS,
    PYTHON,
    SCRIPTS,
    VENV,
    node,
    npm_packages,
    python_packages,
    uv,
    uv_environment,
)
from tooling.pages import catalogues, vendor_files
from tooling.steps import HERE, VAR, WINDOWS, Refusal, one_at_a_time, quietly, say
from tooling.wheel import lay_out


def setup(*, dev: bool, cluster: bool = False) -> None:
    """Set up what is missing, and nothing else."""
    with one_at_a_time():
        python_packages(dev=dev, cluster=cluster)
        npm_packages(browser=False)
        vendor_files()
        catalogues()


def child_environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", "")])
    # Whoever wants no compiled code beside the sources gets none; without any, each start takes seconds longer.
    compiled = {"PYTHONPYCACHEPREFIX": str(VAR / "pycache"), "PYTHONDONTWRITEBYTECODE": ""}
    return os.environ | {"PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1"} | compiled | more


def become(command: Sequence[str | Path]) -> NoReturn:
    """Hand this process over to a command, so that signals and the exit code are its own."""
    sys.stdout.flush()
    parts = [str(part) for part in command]
    if WINDOWS:
        sys.exit(wait([subprocess.Popen(parts, env=child_environment(), text=True)])[0])
    os.execve(parts[0], parts, child_environment())


def wait(children: Sequence[subprocess.Popen[str]]) -> list[int]:
    """Wait for children and return their exit codes; a request to end reaches them as Ctrl-C, so that they tidy up."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        for child in children:
            if child.poll() is None:
                child.send_signal(number if WINDOWS else signal.SIGINT)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                return [child.wait() for child in children]
            except KeyboardInterrupt:  # the terminal told the children as well
                continue
    finally:
        signal.signal(signal.SIGTERM, before)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        if not WINDOWS:  # a connection that just closed does not make a port taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def run(options: argparse.Namespace) -> None:
    if not 0 < options.port < 65536:
        raise Refusal(
            f"端口应在 1 到 65535 之间，现为 {options.port}。", "A port is between 1 and 65535.", code=2
        )
    if not is_free(options.port):
        free = next(
            (port for port in range(options.port + 1, min(options.port + 200, 65536)) if is_free(port)), None
        )
        advice = f" --port {free}" if free else " --port N"
        raise Refusal(
            f"端口 {options.port} 已被占用。请改用：python3 dev.py run{advice}",
            f"Port {options.port} is taken. Please use: python3 dev.py run{advice}",
            code=2,
        )
    setup(dev=False)
    empty = ["--empty"] if options.empty else []
    data = Path(options.data).expanduser().resolve()
    become([PYTHON, "-m", "zhuchao", "serve", "--data", data, "--port", str(options.port), *empty])


def test(options: argparse.Namespace) -> int:
    """Run the tests on SQLite and on PostgreSQL side by side; the second run keeps what touches the database."""
    with one_at_a_time():  # first, since where npm brings the browser it brings the rest as well
        driven = {"CHROMIUM": browser(), "PLAYWRIGHT_NODEJS_PATH": node(npm=False)[0]}
    setup(dev=True, cluster=True)
    env = child_environment(**driven)
    programs = {"sqlite": "pytest", "postgresql": "tests.postgresql"}
    commands = {
        name: [str(PYTHON), "-m", program, "-o", f"cache_dir=var/pytest/{name}", *options.arguments]
        for name, program in programs.items()
        if options.only in (None, name)
    }
    children: list[subprocess.Popen[str]] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as second_output:
        for command in commands.values():
            # The first run is seen as it goes; the second is shown when both are done.
            out, given = (second_output, subprocess.DEVNULL) if children else (None, None)
            started = subprocess.Popen(
                command,
                cwd=HERE,
                env=env,
                text=True,
                stdin=given,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
            )
            children.append(started)
        codes = wait(children)
        if len(children) > 1:
            second_output.seek(0)
            shutil.copyfileobj(second_output, sys.stdout)
    print()
    for name, code in zip(commands, codes, strict=True):
        verdict = {0: ("通过", "passed"), 5: ("没有选中的测试", "selected no test")}.get(
            code, ("未通过", "failed")
        )
        say(f"{name}：{verdict[0]}", verdict[1])
    nothing_ran = all(code == 5 for code in codes)
    return 5 if nothing_ran else next((code for code in codes if code not in (0, 5)), 0)


def lint(options: argparse.Namespace) -> int:
    """Run every check, show the output of those that fail, and sum up."""
    setup(dev=True)
    python = [str(PYTHON), "-m"]
    rules = ["-q", "-o", "cache_dir=var/pytest/lint", "-m", "not slow", "tests/architecture"]
    checks = {
        "mypy": [*python, "mypy"],
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "lint-imports": [str(SCRIPTS / "lint-imports"), "--cache-dir", "var/import-linter"],
        "makemigrations --check": [*python, "zhuchao", "makemigrations", "--check", "--dry-run"],
        "tests/architecture": [*python, "pytest", *rules],
    }

    def check(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=HERE,
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(checks, pool.map(check, checks.values()), strict=True))
    failed = [name for name, done in results.items() if done.returncode]
    for name in failed:
        print(f"\n--- {name}\n{results[name].stdout.strip()}")
    print()
    for name, done in results.items():
        say(f"{name}：{'未通过' if done.returncode else '通过'}", "failed" if done.returncode else "passed")
    return 1 if failed else 0


def bench(options: argparse.Namespace) -> int:
    folder = HERE / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if options.name not in names:
        raise Refusal(
            f"没有名为 {options.name} 的测量。现有：{'、'.join(names)}",
            f"There is no benchmark {options.name}. There are: {', '.join(names)}",
            code=2,
        )
    setup(dev=True, cluster=True)
    become([PYTHON, folder / f"{options.name}.py", *options.arguments])


def build(options: argparse.Namespace) -> int:
    """Build a wheel that carries the browser files, translations and the national policies: it needs no checkout."""
    setup(dev=False)
    stage = VAR / "build"
    lay_out(stage)
    out = VAR / "dist"
    fixed = ["--wheel", "--no-build-isolation", "--python", str(PYTHON), "--out-dir", str(out)]
    quietly([uv(), "build", *fixed, str(stage)], env=uv_environment())
    newest = max(out.glob("*.whl"), key=lambda path: path.stat().st_mtime)
    say(f"已生成 {newest.relative_to(HERE)}", "built")
    return 0


def lock(options: argparse.Namespace) -> int:
    """Make the lock files again from what they are made from; no address of a package index is written."""
    with one_at_a_time():
        fixed = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
        ]
        for name, sources in LOCKS.items():
            upgrade = ["--upgrade"] if options.upgrade else []
            quietly(
                [uv(), "pip", "compile", *fixed, *upgrade, *sources, "--output-file", name],
                env=uv_environment(),
            )
        quietly(
            [*node(npm=True), "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        )
    say("已更新锁定文件", "The lock files are up to date")
    return 0


def passed_on(options: argparse.Namespace) -> None:
    setup(dev=False)
    become([PYTHON, "-m", "zhuchao", *options.arguments])


def messages(options: argparse.Namespace) -> None:
    setup(dev=True)
    become([PYTHON, "-m", "tests.architecture.messages", *options.arguments])


def only_setup(options: argparse.Namespace) -> int:
    setup(dev=options.dev, cluster=options.dev)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description="筑巢 Zhuchao")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, text: str, do: Callable[[argparse.Namespace], int | None]) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.set_defaults(do=do)
        return added

    served = verb("run", "启动（默认带示例数据） / serve, with the demo unless --empty", run)
    served.add_argument("--empty", action="store_true", help="不装入示例数据 / without the demo")
    served.add_argument("--port", type=int, default=8000, metavar="N")
    served.add_argument(
        "--data", default=str(VAR / "data"), metavar="DIR", help="数据目录 / where the data is kept"
    )
    tested = verb("test", "在两种数据库上测试 / test on both databases", test)
    tested.add_argument("--only", choices=["sqlite", "postgresql"], help="只用一种数据库 / one database only")
    verb("lint", "检查 / check", lint)
    measured = verb("bench", "测量 / measure", bench)
    measured.add_argument("name")
    verb("build", "打包 / build a wheel", build)
    verb("zhuchao", "转给 zhuchao 命令 / pass on to the command zhuchao", passed_on)
    verb("setup", "只做准备 / only set up", only_setup).add_argument("--dev", action="store_true")
    verb("messages", "补齐待译条目 / add the messages that wait for a translation", messages)
    verb("lock", "重做锁定文件 / make the lock files again", lock).add_argument(
        "--upgrade", action="store_true"
    )
    return top


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    verb = arguments[0] if arguments else ""
    # Everything after these verbs belongs to the program they start.
    given = 2 if verb == "bench" else 1
    passes_on = verb in ("zhuchao", "bench", "messages")
    known, rest = (arguments[:given], arguments[given:]) if passes_on else (arguments, [])
    options, unknown = parser().parse_known_args(known)
    if unknown and verb != "test":
        parser().error(f"unrecognized arguments: {' '.join(unknown)}")
    options.arguments = [*unknown, *rest]
    try:
        return options.do(options) or 0
    except Refusal as refusal:
        print(refusal, flush=True)
        return refusal.code
    except KeyboardInterrupt:
        print()
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
