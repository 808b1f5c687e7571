"""一件事: themes entered and edited, each with the questions of its one form and the matters that run from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CodeTaken
from ..models import Matter, Theme, ThemeMatter
from ..selectors.matters import rows_of_theme
from ..selectors.packs import Pack
from .adoption import adopt_matters

KINDS = ("text", "number", "day", "choice", "yes")
MOST_ROWS = 40
FACTS = frozenset({"code", "name", "summary", "is_open"})


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A matter of a theme as it is said; ``after`` is the matter it waits for, ``when`` as in ``ThemeMatter``."""

    matter: Matter
    after: Matter | None = None
    when: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def add_theme(
    *,
    actor: User | None,
    zone: Zone,
    code: str,
    name: str,
    questions: Sequence[Mapping[str, Any]] = (),
    matters: Sequence[ThemeRow] = (),
    summary: str = "",
    is_open: bool = True,
) -> Theme:
    """Enter a theme with its questions and its matters. Raises CodeTaken and WrongInput."""
    zones.require(actor, Verb.ADD, Thing.MATTER, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    values = _checked(zone, {"code": code, "name": name, "summary": summary, "is_open": is_open})
    asked = checked_questions(questions)
    check_rows(zone, matters, asked)
    theme = Theme.objects.create(zone=zone, questions=asked, **values)
    _keep_rows(theme, matters)
    record_change(actor=actor, verb="add", rows=[theme], scope=zone.pk, code=theme.code, name=theme.name)
    return theme


@transaction.atomic
def change_theme(
    *,
    actor: User | None,
    theme: Theme,
    version: int | None,
    questions: Sequence[Mapping[str, Any]] | None = None,
    matters: Sequence[ThemeRow] | None = None,
    **values: Any,
) -> Theme:
    """Edit a theme; cases that are open keep their tasks. Raises Stale with both versions, and as ``add_theme`` does."""
    zones.require(actor, Verb.CHANGE, Thing.MATTER, theme.zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=theme.zone_id)
    theme = Theme.objects.select_related("zone").select_for_update(of=("self",), no_key=True).get(pk=theme.pk)
    kept = _checked(zone, values, but=theme)
    if questions is not None:
        kept["questions"] = checked_questions(questions)
    check_version(theme, version, yours={name: value for name, value in kept.items() if name in FACTS})
    rows = said_rows(theme) if matters is None else list(matters)
    check_rows(zone, rows, kept.get("questions", theme.questions))
    changed: dict[str, Any] = save_record(theme, **kept)
    if matters is not None and rows != said_rows(theme):
        changed["matters"] = [theme.matters.count(), len(rows)]
        theme.matters.update(after=None)
        theme.matters.all().delete()
        _keep_rows(theme, rows)
        save_record(theme, updated_at=zones.now(zone))
    if changed:
        record_change(actor=actor, verb="change", rows=[theme], scope=zone.pk, changed=changed)
    return theme


@transaction.atomic
def adopt_theme(*, actor: User | None, zone: Zone, pack: Pack, code: str) -> Theme:
    """Take a shipped theme into a zone with the matters it is made of, those as drafts; safe to repeat.

    Raises NotFound for a code that the pack does not have; what the zone has under the code already is left.
    """
    packed = pack.themes.get(code)
    if packed is None:
        raise NotFound(what=_("主题“%(code)s”") % {"code": code[:40]})
    codes = [row["matter"] for row in packed.matters]
    known = set(Matter.objects.filter(zone=zone, code__in=codes).values_list("code", flat=True))
    wanted = [one for one in codes if one not in known]
    if wanted:
        adopt_matters(actor=actor, zone=zone, pack=pack, codes=wanted)
    there = Theme.objects.filter(zone=zone, code=code).first()
    if there is not None:
        return there
    by_code = {one.code: one for one in Matter.objects.filter(zone=zone, code__in=codes)}
    rows = [
        ThemeRow(by_code[row["matter"]], by_code.get(row.get("after", "")), row.get("when", {}))
        for row in packed.matters
    ]
    return add_theme(
        actor=actor,
        zone=zone,
        code=packed.code,
        name=packed.name,
        summary=packed.summary,
        questions=packed.questions,
        matters=rows,
    )


def said_rows(theme: Theme) -> list[ThemeRow]:
    """Return the matters of a theme as they are said."""
    return [
        ThemeRow(row.matter, row.after.matter if row.after else None, row.when)
        for row in rows_of_theme(theme)
    ]


def checked_questions(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return questions as they are kept; raises WrongInput. Reads only."""
    label = _("表单问题")
    if len(questions) > MOST_ROWS:
        raise WrongInput(field=label, why=_("最多 %(most)s 行。") % {"most": MOST_ROWS})
    kept: list[dict[str, Any]] = []
    for place, one in enumerate(questions, 1):
        said = " ".join(str(one.get("label", "")).split())
        kind = str(one.get("kind") or "text")
        choices = [" ".join(str(word).split()) for word in one.get("choices", ()) if str(word).strip()]
        key = str(one.get("key") or f"q{place}")
        if not said or len(said) > 60:
            raise WrongInput(field=label, why=_("第 %(n)d 个问题要有文字，不超过 60 字。") % {"n": place})
        if kind not in KINDS:
            raise WrongInput(field=label, why=_("“%(label)s”的类型不在列出的之中。") % {"label": said})
        if kind == "choice" and len(choices) < 2:
            raise WrongInput(field=label, why=_("“%(label)s”要写两个以上的选项。") % {"label": said})
        if any(key == other["key"] for other in kept):
            raise WrongInput(field=label, why=_("“%(label)s”写了两次。") % {"label": said})
        kept.append(
            {
                "key": key,
                "label": said,
                "kind": kind,
                "choices": choices,
                "required": bool(one.get("required")),
            }
        )
    return kept


def check_rows(zone: Zone, rows: Sequence[ThemeRow], questions: Sequence[Mapping[str, Any]]) -> None:
    """Refuse no matter, one twice, one of another zone, one that waits for what does not stand before it, and a
    condition on a question that is not asked; raises WrongInput."""
    label = _("主题事项")
    if not 0 < len(rows) <= MOST_ROWS:
        raise WrongInput(field=label, why=_("请选择 1 到 %(most)d 个事项。") % {"most": MOST_ROWS})
    above, keys = zones.lineage_ids(zone), {one["key"] for one in questions}
    seen: set[int] = set()
    for row in rows:
        if row.matter.zone_id not in above:
            raise WrongInput(field=label, why=_("“%(name)s”不是本辖区的事项。") % {"name": row.matter.name})
        if row.matter.pk in seen:
            raise WrongInput(field=label, why=_("“%(name)s”写了两次。") % {"name": row.matter.name})
        if row.after is not None and row.after.pk not in seen:
            why = _("“%(name)s”的前置事项“%(after)s”要排在它前面。")
            raise WrongInput(field=label, why=why % {"name": row.matter.name, "after": row.after.name})
        if row.when and (row.when.get("key") not in keys or not row.when.get("is")):
            why = _("“%(name)s”的适用条件要写明是哪个问题、答什么。") % {"name": row.matter.name}
            raise WrongInput(field=label, why=why)
        seen.add(row.matter.pk)


def _keep_rows(theme: Theme, rows: Sequence[ThemeRow]) -> None:
    made: dict[int, ThemeMatter] = {}
    for place, row in enumerate(rows, 1):
        made[row.matter.pk] = ThemeMatter.objects.create(
            zone=theme.zone,
            theme=theme,
            matter=row.matter,
            position=place,
            after=made[row.after.pk] if row.after is not None else None,
            when=dict(row.when),
        )


def _checked(zone: Zone, facts: dict[str, Any], but: Theme | None = None) -> dict[str, Any]:
    unknown = facts.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a theme: {sorted(unknown)}")
    values = {name: " ".join(said.split()) if isinstance(said, str) else said for name, said in facts.items()}
    shape = but or Theme()
    for name, most in (("code", 40), ("name", 80), ("summary", 300)):
        if name in values and len(values[name]) > most:
            why = _("最多 %(most)s 个字。") % {"most": most}
            raise WrongInput(field=label_of(shape, name), why=why, name=name)
        if name in values and name != "summary" and not values[name]:
            raise WrongInput(field=label_of(shape, name), why=_("不能为空。"), name=name)
    if "code" in values:
        others = Theme.objects.filter(zone=zone, code=values["code"])
        known = (others.exclude(pk=but.pk) if but is not None else others).first()
        if known is not None:
            raise CodeTaken(taken=known.code, name=known.name, pk=known.pk)
    return values
