"""The one importer: a file becomes rows, rows are tried, and all of them are written or none."""

from ..progress import Progress
from .batches import (
    KIND,
    KIND_TRY,
    choose_sheet,
    confirm_import,
    import_file,
    remember_shape,
    run_import,
    run_import_job,
    run_trial_job,
    set_mapping,
    start_trial,
    try_import,
    understanding_of,
    upload_ledger,
)
from .columns import ColumnView, column_views, to_decide
from .registry import Ledger, Outcome, Row, all_ledgers, get_ledger, register
from .templates import template_workbook
from .trial import STATES, Trial
from .wording import PROBLEM_HEADER, RIGHT_HEADER, Words, as_problem, words

__all__ = [
    "KIND",
    "KIND_TRY",
    "PROBLEM_HEADER",
    "RIGHT_HEADER",
    "STATES",
    "ColumnView",
    "Ledger",
    "Outcome",
    "Progress",
    "Row",
    "Trial",
    "Words",
    "all_ledgers",
    "as_problem",
    "choose_sheet",
    "column_views",
    "confirm_import",
    "get_ledger",
    "import_file",
    "register",
    "remember_shape",
    "run_import",
    "run_import_job",
    "run_trial_job",
    "set_mapping",
    "start_trial",
    "template_workbook",
    "to_decide",
    "try_import",
    "understanding_of",
    "upload_ledger",
    "words",
]
