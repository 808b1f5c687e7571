"""Versions of a policy: drafted by one person, published by another, never edited afterwards."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError

from ..errors import DraftExists, SecondPersonNeeded, VersionNotReady, VersionPublished
from ..models import Policy, PolicyClause, PolicyVersion
from ..selectors.rules import rules_of
from ..selectors.trials import outcomes_of
from ..wording import say
from .comparisons import check_losses
from .index import index_policies
from .policies import locked
from .subscriptions import tell_published

FACTS = frozenset(
    {
        *("effective_from", "effective_to", "window_open", "window_close", "decides_on", "pays_on"),
        *("document_no", "address", "verified_on", "source_status", "rules"),
    }
)
Clauses = Sequence[tuple[str, str]]
LONGEST_NUMBER = 20
_LINES = re.compile(r"[\n\r｜]+")
_CLAUSE = re.compile(
    r"(第[一二三四五六七八九十百零〇\d]+[条款项](?:第?[（(]?[一二三四五六七八九十\d]+[）)]?[款项])*"
    r"|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+(?:\.\d+)*[.、]|条件\d+|支持内容)\s*(.+)"
)


@transaction.atomic
def draft_version(*, actor: User | None, policy: Policy, clauses: Clauses, **facts: Any) -> PolicyVersion:
    """Draft the next version of a policy with its clauses, each (number, text).

    ``facts``: effective_from (needed), effective_to, window_open, window_close, decides_on, pays_on, document_no,
    address, verified_on, source_status, rules (a text, see ``PolicyVersion``). Raises DraftExists and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    policy = locked(policy.pk)
    known = PolicyVersion.objects.filter(policy=policy).order_by("-number")
    draft = known.filter(state=PolicyVersion.State.DRAFT).first()
    if draft is not None:
        raise DraftExists(policy=str(policy), number=draft.number, pk=draft.pk)
    last = known.first()
    version = PolicyVersion(
        zone=policy.zone,
        policy=policy,
        number=last.number + 1 if last else 1,
        prepared_by=actor,
        **tidy(facts),
    )
    check_facts(version)
    version.save(force_insert=True)
    _keep_clauses(version, clauses)
    record_change(
        actor=actor, verb="add", rows=[version, policy], scope=policy.zone_id, number=version.number
    )
    return version


@transaction.atomic
def change_version(
    *,
    actor: User | None,
    draft: PolicyVersion,
    version: int | None,
    clauses: Clauses | None = None,
    **values: Any,
) -> PolicyVersion:
    """Edit a draft; who edits it last has prepared it. ``clauses`` None leaves them.

    Raises VersionPublished, Stale with both versions, and as ``draft_version`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.POLICY, draft.zone)
    policy = locked(draft.policy_id)
    draft = _locked_draft(policy, draft.pk)
    values = tidy(values)
    check_version(draft, version, yours=values)
    for name, value in values.items():
        setattr(draft, name, value)
    check_facts(draft)
    draft = _locked_draft(policy, draft.pk)
    changed = save_record(draft, **values)
    if clauses is not None and clauses_of(draft) != list(clauses):
        changed["clauses"] = [len(clauses_of(draft)), len(clauses)]
        PolicyClause.objects.filter(version=draft).delete()
        _keep_clauses(draft, clauses)
    if changed:
        save_record(draft, prepared_by=actor)
        record_change(actor=actor, verb="change", rows=[draft, policy], scope=draft.zone_id, changed=changed)
    return draft


@transaction.atomic
def publish_version(
    *, actor: User | None, draft: PolicyVersion, losses_seen: int | None = None
) -> PolicyVersion:
    """Publish a draft that somebody else prepared: from now on it is never edited.

    ``losses_seen``: of how many firms the person saw that they have less than by the version in force. Where more do,
    or nobody compared the two, raises LossesUnseen or ComparisonNeeded; nobody is asked where no person publishes.
    Raises VersionPublished, SecondPersonNeeded for who prepared it, and VersionNotReady for a version without clauses,
    without a source, that begins before the one published last, with a condition that names none of its clauses, or with
    a test that fails.
    """
    zones.require(actor, Verb.MANAGE, Thing.POLICY, draft.zone)
    policy = locked(draft.policy_id)
    draft = _locked_draft(policy, draft.pk)
    named = {"policy": str(policy), "number": draft.number}
    if actor is not None and draft.prepared_by_id == actor.pk:
        raise SecondPersonNeeded(**named)
    if not draft.clauses.exists():
        raise VersionNotReady(**named, why=_("没有条款。"))
    if not (draft.document_no or draft.address):
        raise VersionNotReady(**named, why=_("没有来源：请填写文号或原文网址。"))
    last = (
        PolicyVersion.objects.filter(policy=policy, state=PolicyVersion.State.PUBLISHED)
        .order_by("-number")
        .first()
    )
    if last is not None and draft.effective_from <= last.effective_from:
        raise VersionNotReady(
            **named,
            why=_("生效日期须晚于上一版的 %(day)s。") % {"day": last.effective_from.isoformat()},
        )
    check_rules(draft)
    if actor is not None:
        check_losses(actor=actor, draft=draft, losses_seen=losses_seen)
    save_record(
        draft, state=PolicyVersion.State.PUBLISHED, published_by=actor, published_at=zones.now(policy.zone)
    )
    index_policies([policy.pk])
    tell_published(draft)
    record_change(actor=actor, verb="publish", rows=[draft, policy], scope=draft.zone_id, number=draft.number)
    return draft


def check_rules(version: PolicyVersion) -> None:
    """Refuse rules on which nobody could rely: every condition names a clause, and no test fails; raises VersionNotReady.

    A test of a day on which the version does not hold fails; one that is wanting does not stand in the way.
    """
    rules = rules_of(version)
    if rules is None:
        return
    named = {"policy": str(version.policy), "number": version.number}
    numbers = {number for number, _text in clauses_of(version)}
    for condition in rules.version.conditions:
        if condition.article not in numbers:
            why = _("条件“%(text)s”没有写明出自哪一条（article 要是条款号之一）。") % {"text": condition.text}
            raise VersionNotReady(**named, why=why)
    failed = next((one for one in outcomes_of(rules) if not one.passes), None)
    if failed is not None:
        found = _("应为%(expected)s，算出的是%(found)s") % {
            "expected": failed.expected,
            "found": failed.found,
        }
        said = listed([found if failed.found else "", failed.why])
        raise VersionNotReady(
            **named, why=_("测试没有通过：%(test)s（%(why)s）") % {"test": failed.name, "why": said}
        )


def read_clauses(text: str) -> list[tuple[str, str]]:
    """Return the clauses of a text, (number, text): a line that begins with a clause's number begins one.

    Raises WrongInput for a text that does not begin with a number, and for a number that stands twice.

    >>> read_clauses("第一条 给予一次性奖励。\\n最高 20 万元。｜第二条 本办法自发布之日起施行。")
    [('第一条', '给予一次性奖励。最高 20 万元。'), ('第二条', '本办法自发布之日起施行。')]
    """
    found: list[tuple[str, str]] = []
    for line in _LINES.split(text):
        line = line.strip()
        begun = _CLAUSE.fullmatch(line)
        if begun:
            found.append((begun[1], begun[2].strip()))
        elif line and found:
            found[-1] = (found[-1][0], found[-1][1] + line)
        elif line:
            raise WrongInput(field=_("条款"), why=_("第一行要以条款号开头，如“第一条”。"))
    return found


def write_clauses(version: PolicyVersion) -> str:
    """Return the clauses of a version as the text that ``read_clauses`` reads."""
    return written(clauses_of(version))


def written(clauses: Clauses) -> str:
    """Return clauses as the text that ``read_clauses`` reads."""
    return "\n".join(f"{number} {text}" for number, text in clauses)


def clauses_of(version: PolicyVersion) -> list[tuple[str, str]]:
    """Return the clauses of a version, (number, text), in order."""
    return list(
        PolicyClause.objects.filter(version=version).order_by("position").values_list("number", "text")
    )


def check_clauses(clauses: Clauses) -> None:
    """Refuse a clause's number that stands twice or is too long; raises WrongInput."""
    numbers = [number for number, _text in clauses]
    for number in numbers:
        if numbers.count(number) > 1 or not 0 < len(number) <= LONGEST_NUMBER:
            raise WrongInput(
                field=_("条款"), why=_("条款号“%(number)s”重复或过长。") % {"number": number[:LONGEST_NUMBER]}
            )


def _keep_clauses(version: PolicyVersion, clauses: Clauses) -> None:
    check_clauses(clauses)
    PolicyClause.objects.bulk_create(
        PolicyClause(zone=version.zone, version=version, position=position, number=number, text=text)
        for position, (number, text) in enumerate(clauses, 1)
    )


def _locked_draft(policy: Policy, pk: int) -> PolicyVersion:
    """Return a draft with its row locked; raises VersionPublished for one that is published."""
    rows = PolicyVersion.objects.select_related("zone", "policy").select_for_update(of=("self",), no_key=True)
    version = rows.get(pk=pk)
    if version.is_published:
        raise VersionPublished(policy=str(policy), number=version.number)
    return version


def tidy(values: dict[str, Any]) -> dict[str, Any]:
    """Return facts of a version without stray spaces."""
    unknown = values.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a version: {sorted(unknown)}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def check_facts(version: PolicyVersion) -> None:
    """Refuse days out of order and a source that is not what it says; raises WrongInput. Reads only."""
    for first, last in (
        ("effective_from", "effective_to"),
        ("window_open", "window_close"),
        ("window_open", "decides_on"),
        ("window_open", "pays_on"),
    ):
        begin, end = getattr(version, first), getattr(version, last)
        if begin is not None and end is not None and end < begin:
            raise WrongInput(
                field=label_of(version, last),
                why=_("不能早于%(field)s %(day)s。")
                % {"field": label_of(version, first), "day": begin.isoformat()},
            )
    try:
        rules_of(version)
    except EngineError as error:
        raise WrongInput(field=label_of(version, "rules"), why=say(error)) from error
    if version.is_confirmed and version.verified_on is None:
        raise WrongInput(field=_("核实日期"), why=_("标为已核实的，要填写核实日期。"))
    if version.verified_on is not None and version.verified_on > zones.today(version.zone):
        raise WrongInput(field=_("核实日期"), why=_("不能晚于今天。"))
    if version.address and not version.address.startswith(("http://", "https://")):
        raise WrongInput(field=_("原文网址"), why=_("应以 http:// 或 https:// 开头。"))
