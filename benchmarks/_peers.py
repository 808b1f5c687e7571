"""PyJobShop and SimPy for the approval measurements, locked by hash, in an environment of their own; both are MIT.

The product never imports them. What is asked goes in as JSON, what is answered comes out as JSON.
"""

import json
import os
import subprocess
import venv
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / "var" / "peers"
LOCK = HERE.parent / "requirements-peers.lock"


def environment() -> Path | None:
    """Return the Python of the environment, made where it is missing; says why where that cannot be, and returns None."""
    python = HOME / ("Scripts" if os.name == "nt" else "bin") / "python"
    probe = [str(python), "-c", "import pyjobshop, simpy"]
    if python.exists() and not subprocess.run(probe, capture_output=True, env=_alone()).returncode:
        return python
    try:
        venv.create(HOME, with_pip=True, clear=True)
        asked = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(asked, check=True, capture_output=True, encoding="utf-8", errors="replace")
    except (subprocess.CalledProcessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        say(case="peers", installed=False, why=said[-1] if said else str(error))
        return None
    return python


def answer(python: Path, script: str, asked: Any) -> Any:
    """Return what a script of the environment answers; raises SystemExit with what it said where it fails."""
    done = subprocess.run(
        [str(python), str(HERE / script)],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        env=_alone(),
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def _alone() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"OMP_NUM_THREADS": "1"}
