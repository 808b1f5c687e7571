"""A worker of its own process for the tests that kill one: knows the toy ledger and the tests' database.

Arguments go to ``zhuchao work``. ZHUCHAO_TEST_DATABASE names the database of the tests.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["ZHUCHAO_TEST_DATABASE"]
    django.setup()
    from tests.apps.core.toy_ledger import register_toy

    register_toy()
    call_command("work", *sys.argv[1:])


if __name__ == "__main__":
    main()
