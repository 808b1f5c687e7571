"""The demo: zones described in text, their ledgers written as .xlsx and imported like anybody's."""

from .load import DEMO_PASSWORD, DemoRefused, SignIn, demo_sign_ins, load_demo, register_section
from .sheets import SheetText, read_sheet_text, write_workbook

__all__ = [
    "DEMO_PASSWORD",
    "DemoRefused",
    "SheetText",
    "SignIn",
    "demo_sign_ins",
    "load_demo",
    "read_sheet_text",
    "register_section",
    "write_workbook",
]
