"""The ``zhuchao`` command: every verb of the product, and Django's own."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run one command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhuchao.config.settings")
    arguments = list(sys.argv)
    if len(arguments) > 1:
        # ``zhuchao import`` reads well, but a module of that name cannot exist; dashes are easier to type.
        verb = arguments[1] if arguments[1].startswith("-") else arguments[1].replace("-", "_")
        arguments[1] = "import_ledger" if verb == "import" else verb
    _choose_data_folder(arguments)
    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)


def _choose_data_folder(arguments: list[str]) -> None:
    """Take ``--data DIR`` out of any command line: the settings need it before the command is known."""
    for place, word in enumerate(arguments):
        if word == "--data" and place + 1 < len(arguments):
            os.environ["ZHUCHAO_DATA"] = arguments[place + 1]
            del arguments[place : place + 2]
            break
        if word.startswith("--data="):
            os.environ["ZHUCHAO_DATA"] = word.partition("=")[2]
            del arguments[place]
            break
    if arguments[1:2] == ["serve"] and os.environ.get("ZHUCHAO_DATA"):
        # The secret is made and kept when the settings are read, so the folder must be there by then.
        Path(os.environ["ZHUCHAO_DATA"]).mkdir(parents=True, exist_ok=True)


if __name__ == "__main__":
    main()
