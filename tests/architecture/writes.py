"""Find calls that write rows. Only services write; migrations and the factories of tests are no part of the doors."""

import ast
from collections.abc import Iterator

# These names mean nothing but a write of rows.
ALWAYS = {"bulk_create", "bulk_update", "create", "get_or_create", "update_or_create"}
# These are writes when they come without a place to write to: `unit.save()`, but not `workbook.save(path)`.
OF_A_ROW = {"delete", "save"}
# This one is a write only of a queryset, which takes its values by name: a dict and a hash have it too.
OF_A_QUERYSET = {"update", "delete"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
QUERYSET_STEPS = {
    "alias", "all", "annotate", "distinct", "exclude", "filter", "for_update", "order_by", "prefetch_related",
    "select_for_update", "select_related", "using",
}  # fmt: skip
QUERYSET_MAKERS = ("find_", "visible_")


def writes(source: str) -> list[tuple[int, str]]:
    """Return the line and the text of each call in ``source`` that writes rows."""
    tree = ast.parse(source)
    known = _names_of_querysets(tree)
    return [(call.lineno, ast.unparse(call)) for call in _calls(tree) if _is_write(call, known)]


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    yield from sorted(found, key=lambda call: call.lineno)


def _is_write(call: ast.Call, known: set[str]) -> bool:
    assert isinstance(call.func, ast.Attribute)
    name, receiver = call.func.attr, call.func.value
    name = name[1:] if name[0] == "a" and name[1:] in ALWAYS | OF_A_ROW | OF_A_QUERYSET else name
    if name in ALWAYS:
        return True
    if name in OF_A_ROW and not call.args and _last(receiver) != "session":
        return True
    return name in OF_A_QUERYSET and not call.args and _is_queryset(receiver, known)


def _is_queryset(node: ast.expr, known: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Attribute):
        return node.attr in MANAGERS or node.attr.endswith("_set") or _is_queryset(node.value, known)
    if isinstance(node, ast.Call):
        name = _last(node.func)
        return name in QUERYSET_STEPS or name.startswith(QUERYSET_MAKERS) or _is_queryset(node.func, known)
    if isinstance(node, ast.Subscript):
        return _is_queryset(node.value, known)
    return False


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names_of_querysets(tree: ast.AST) -> set[str]:
    """Return the names that stand for a queryset: given one, or said to be one."""
    known: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.arg | ast.AnnAssign)
            and node.annotation
            and "QuerySet" in ast.unparse(node.annotation)
        ):
            known.add(node.arg if isinstance(node, ast.arg) else ast.unparse(node.target))
    while True:
        before = len(known)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _is_queryset(node.value, known):
                known.update(target.id for target in node.targets if isinstance(target, ast.Name))
        if len(known) == before:
            return known
