"""Every verb of the change log has its words, so that nobody reads ``hold_for`` in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import override

from tests.architecture import messages
from tests.architecture.tree import SOURCE, refuse, shown
from zhuchao.apps.premises.models import UnitLineage
from zhuchao.apps.promotion.models import PoolMove, Referral
from zhuchao.apps.zones.selectors.changes import VERB_WORDS, verb_name
from zhuchao.apps.zones.services.sign_in import NOTICES

# Verbs that are put together while the program runs, as the source writes them, with what they can be.
MADE = {
    "str(way)": {str(way) for way in UnitLineage.Way},
    "f'pool_{kind}'": {f"pool_{kind}" for kind in PoolMove.Kind.values},
    "f'{state}_referral'": {
        f"{state}_referral" for state in (Referral.State.DECLINED, Referral.State.WITHDRAWN)
    },
    "NOTICES.get(template_prefix)": set(NOTICES.values()),
}
# What writes to the log, and at which place it takes its verb, None where only by name.
RECORDERS = {"record_change": None, "record_sign_in": 1}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One file of services, and what verbs it records."""

    def __init__(self, tree: ast.Module) -> None:
        self.within: dict[ast.AST, Function] = {}
        self.calls: dict[str, list[ast.Call]] = {}
        self._walk(tree, None)

    def _walk(self, node: ast.AST, function: Function | None) -> None:
        if isinstance(node, Function):
            function = node
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            self.calls.setdefault(name, []).append(node)
        if function is not None:
            self.within[node] = function
        for child in ast.iter_child_nodes(node):
            self._walk(child, function)

    def verbs(self) -> Iterator[str]:
        """Yield every verb, followed through parameters and variables; raises where it cannot be told."""
        for name, place in RECORDERS.items():
            for call in self.calls.get(name, ()):
                yield from self._of(argument(call, "verb", place), call, ())

    def _of(self, said: ast.expr | None, at: ast.AST, seen: tuple[str, ...]) -> Iterator[str]:
        if isinstance(said, ast.Constant):
            yield str(said.value)
        elif isinstance(said, ast.IfExp):
            yield from self._of(said.body, at, seen)
            yield from self._of(said.orelse, at, seen)
        elif said is not None and ast.unparse(said) in MADE:
            yield from MADE[ast.unparse(said)]
        elif isinstance(said, ast.Name) and at in self.within:
            yield from self._of_name(said.id, self.within[at], seen)
        else:
            raise AssertionError(f"line {getattr(at, 'lineno', '?')}: say in MADE what this verb can be")

    def _of_name(self, name: str, function: Function, seen: tuple[str, ...]) -> Iterator[str]:
        given = [
            arg.arg for arg in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        ]
        if name in given:
            for call in self.calls.get(function.name, ()) if function.name not in seen else ():
                place = given.index(name) - (given[0] == "self")
                yield from self._of(argument(call, name, place), call, (*seen, function.name))
            return
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in node.targets
            ):
                yield from self._of(node.value, node, seen)


def argument(call: ast.Call, name: str, place: int | None) -> ast.expr | None:
    """Return what a call gives for a parameter."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place is not None and place < len(call.args) else None


def recorded(path: Path) -> set[str]:
    return set(Module(ast.parse(path.read_text(encoding="utf-8"))).verbs())


def test_every_verb_of_the_change_log_has_words_in_both_languages():
    missing: list[str] = []
    found: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        verbs = recorded(path)
        found |= verbs
        missing += [f"{shown(path)}: {verb}" for verb in sorted(verbs - set(VERB_WORDS))]
    refuse(missing, "say in zones/selectors/changes.py what these verbs are called:")
    assert {"hold_for", "sign_for", "sign", "sign_in", "pool_lapsed", "split", "reactivate"} <= found
    # The catalogues themselves are read: the compiled ones may be older than the words.
    english = {
        key[1][0]: messages.english_of(message)
        for path in messages.catalogues()
        for key, message in messages.translated(path).items()
    }
    with override("zh-hans"):
        unsaid = [verb for verb in sorted(found) if not any(english.get(verb_name(verb), ()))]
    refuse(unsaid, "give these verbs their English:")


def test_a_planted_verb_is_found_through_a_helper(tmp_path: Path):
    source = """
def hold(actor):
    _note(actor, "hold_for" if actor else "plant")
def _note(actor, verb):
    record_change(actor=actor, verb=verb)
"""
    (tmp_path / "services.py").write_text(source, encoding="utf-8")
    assert recorded(tmp_path / "services.py") == {"hold_for", "plant"}
