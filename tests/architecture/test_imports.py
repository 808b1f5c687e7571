"""The import contracts of pyproject.toml hold, and each of them can fail."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, HERE

PROJECT = (HERE / "pyproject.toml").read_text("utf-8")
CONTRACTS = {c["id"]: c["name"] for c in tomllib.loads(PROJECT)["tool"]["importlinter"]["contracts"]}
# A small house that keeps every contract: two apps with every module, the engines that all may know, and two more.
MODULES = (
    "urls",
    "views",
    "api",
    "management",
    "tasks",
    "forms",
    "schemas",
    "services",
    "selectors",
    "models",
    "errors",
)
ENGINES = ("units", "workdays", "figures", "identity")
PLANTED = {
    ("house", "apps/core/services.py"): "import zhuchao.web",
    ("house", "web/__init__.py"): "import zhuchao.apps.zones.models",
    ("house", "apps/premises/services.py"): "import zhuchao.config",
    ("house", "engines/units.py"): "import zhuchao.apps.core.models",
    ("house", "extras.py"): "",
    ("apps", "apps/zones/services.py"): "from zhuchao.apps.premises import services",
    ("apps", "apps/core/models.py"): "from zhuchao.apps.zones import models",
    ("apps", "apps/gardens/__init__.py"): "",
    ("in-app", "apps/premises/errors.py"): "from zhuchao.apps.premises import models",
    ("in-app", "apps/premises/models.py"): "from zhuchao.apps.premises import selectors",
    ("in-app", "apps/premises/selectors.py"): "from zhuchao.apps.premises import services",
    ("in-app", "apps/premises/services.py"): "from zhuchao.apps.premises import forms",
    ("in-app", "apps/premises/forms.py"): "from zhuchao.apps.premises import tasks",
    ("in-app", "apps/premises/api.py"): "from zhuchao.apps.premises import views",
    ("in-app", "apps/premises/views.py"): "from zhuchao.apps.premises import urls",
    ("in-app", "apps/premises/signals.py"): "",
    ("engines", "engines/figures.py"): "import zhuchao.engines.identity",
    ("engines", "engines/units.py"): "import zhuchao.engines.figures",
    ("engines", "engines/weather.py"): "",
    ("pure-engines", "engines/figures.py"): "from django.db import models",
    ("pure-engines", "engines/identity.py"): "import sqlite3",
    ("parser", "engines/figures.py"): "from sqlglot import exp",
    ("parser", "apps/premises/services.py"): "import sqlglot",
    ("no-http-below-doors", "apps/premises/services.py"): "from ninja import Schema",
    ("no-http-below-doors", "apps/zones/models.py"): "import zhuchao.web",
}


def lint(folder: Path, *options: str) -> tuple[int, str]:
    """Run import-linter in a folder that holds a pyproject.toml and the sources."""
    env = os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "200", "NO_COLOR": "1"}
    program = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
        *options,
    ]
    done = subprocess.run(program, cwd=folder, env=env, capture_output=True, encoding="utf-8")
    return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)


def plant(folder: Path, path: str, text: str) -> None:
    full = folder / "src" / "zhuchao" / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_text(text)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    for package in ("", "config/", "web/", "engines/", "apps/"):
        plant(tmp_path, f"{package}__init__.py", "")
    for app in ("core", "zones", "premises"):
        plant(tmp_path, f"apps/{app}/__init__.py", "")
        for module in MODULES:
            plant(tmp_path, f"apps/{app}/{module}.py", "")
    for engine in ENGINES:
        plant(tmp_path, f"engines/{engine}.py", "")
    plant(
        tmp_path,
        "apps/premises/services.py",
        "from zhuchao.apps.zones import services\nimport zhuchao.engines.units",
    )
    return tmp_path


def test_the_tree_keeps_every_contract():
    code, output = lint(HERE)
    assert code == 0, output
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in output


def test_the_small_house_keeps_every_contract(house):
    code, output = lint(house)
    assert code == 0, output


def test_every_contract_has_a_violation_planted_here():
    assert {contract for contract, _ in PLANTED} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "path"), PLANTED)
def test_a_planted_import_breaks_its_contract(house, contract, path):
    plant(house, path, PLANTED[contract, path])
    code, output = lint(house, "--contract", contract)
    assert code != 0
    assert f"{CONTRACTS[contract]} BROKEN" in output
    assert f"zhuchao.{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}" in output


def test_every_app_is_in_the_order_of_the_house_and_of_the_apps():
    orders = [
        c["layers"]
        for c in tomllib.loads(PROJECT)["tool"]["importlinter"]["contracts"]
        if c["id"] in ("house", "apps")
    ]
    of_the_house = [layer.strip("()").removeprefix("apps.") for layer in orders[0] if "apps." in layer]
    assert of_the_house == [layer.strip("()") for layer in orders[1]]
    assert {path.name for path in APPS.iterdir() if (path / "__init__.py").is_file()} <= set(of_the_house)
