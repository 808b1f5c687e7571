"""What the shipped pack says, which is data in Chinese for every reader."""

import re

from zhuchao.apps.policies.selectors.rules import shipped_pack
from zhuchao.apps.policies.services.packs import read_pack

# What a clause is called that no document numbers: it is kept with the policy, like its text.
_CLAUSES = {"条件", "支持内容"}
_CHINESE = re.compile(r"[^\x00-\x7f]+")


def words_of_pack() -> set[str]:
    """Return what the national policies are called, by whom, and the words that a firm is asked to choose from."""
    fields, policies = read_pack(shipped_pack())
    named = {
        word for policy in policies.values() for word in (policy.title, policy.department, policy.object)
    }
    return named | {word for field in fields for word in field.choices}


def pieces_of_pack() -> set[str]:
    """Return every run of Chinese in the files of the national policies: a page that shows them says these."""
    files = shipped_pack().rglob("*.yaml")
    said = {piece for path in files for piece in _CHINESE.findall(path.read_text("utf-8"))}
    return said | words_of_pack() | _CLAUSES
