"""What a wheel is built from: the sources with the browser files, translations and policies that a checkout has beside them."""

import shutil
from pathlib import Path

from tooling.pages import VENDOR
from tooling.steps import HERE

BESIDE = ("pyproject.toml", "requirements.in", "requirements-cluster.in", "README.md", "LICENSE")


def lay_out(stage: Path) -> None:
    """Fill a folder with all that goes into a wheel, so that it needs no checkout; what was there is gone."""
    shutil.rmtree(stage, ignore_errors=True)
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.po", ".*")
    package = stage / "src" / "zhuchao"
    shutil.copytree(HERE / "src", stage / "src", ignore=unwanted)
    shutil.copytree(VENDOR, package / "web" / "static" / "vendor", ignore=unwanted)
    shutil.copytree(HERE / "policies", package / "policies", ignore=unwanted)
    for name in BESIDE:
        shutil.copyfile(HERE / name, stage / name)
