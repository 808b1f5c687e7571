"""Versions of a matter: drafted by one person with their steps and documents, published by another, never edited after."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import DraftStands, VersionIsPublished
from ..models import DRAFT, Matter, MatterDocument, MatterStep, MatterVersion
from ..selectors.matter_versions import Paper, Step, papers_of, steps_of
from .index import index_matters
from .matters import locked
from .versions import publish

FACTS = frozenset(
    {
        *("effective_from", "effective_to", "source", "verified_on", "source_status"),
        *(
            "legal_basis",
            "legal_days",
            "legal_day_kind",
            "promised_working_days",
            "audience",
            "channel",
            "fee",
        ),
        *("pledge_allowed", "pledge_text", "check_working_days", "late_working_days"),
        *("early_allowed", "hands_over"),
    }
)
HALF = Decimal("0.5")
MOST_ROWS = 60


@transaction.atomic
def draft_matter_version(
    *,
    actor: User | None,
    matter: Matter,
    steps: Sequence[Step] = (),
    documents: Sequence[Paper] = (),
    **facts: Any,
) -> MatterVersion:
    """Draft the next version of a matter with its steps and the documents that go in and come out.

    ``facts``: effective_from (needed) and the others of ``MatterVersion``. Raises DraftStands and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.MATTER, matter.zone)
    matter = locked(matter.pk)
    known = MatterVersion.objects.filter(matter=matter).order_by("-number")
    draft = known.filter(state=DRAFT).first()
    if draft is not None:
        raise DraftStands(name=matter.name, number=draft.number, pk=draft.pk)
    last = known.first()
    version = MatterVersion(
        zone=matter.zone,
        matter=matter,
        number=last.number + 1 if last else 1,
        prepared_by=actor,
        **tidied(facts),
    )
    check_facts(version)
    version.save(force_insert=True)
    _keep_rows(version, steps, documents)
    record_change(
        actor=actor, verb="add", rows=[version, matter], scope=matter.zone_id, number=version.number
    )
    return version


@transaction.atomic
def change_matter_version(
    *,
    actor: User | None,
    draft: MatterVersion,
    version: int | None,
    steps: Sequence[Step] | None = None,
    documents: Sequence[Paper] | None = None,
    **values: Any,
) -> MatterVersion:
    """Edit a draft; who edits it last has prepared it. ``steps`` and ``documents`` None leave them.

    Raises VersionIsPublished, Stale with both versions, and as ``draft_matter_version`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.MATTER, draft.zone)
    matter = locked(draft.matter_id)
    draft = _locked_draft(matter, draft.pk)
    values = tidied(values)
    check_version(draft, version, yours=values)
    for name, value in values.items():
        setattr(draft, name, value)
    check_facts(draft)
    draft = _locked_draft(matter, draft.pk)
    changed: dict[str, Any] = save_record(draft, **values)
    old_steps, old_papers = steps_of(draft), papers_of(draft)
    new_steps = old_steps if steps is None else list(steps)
    new_papers = old_papers if documents is None else list(documents)
    if (old_steps, old_papers) != (new_steps, new_papers):
        changed["rows"] = [len(old_steps) + len(old_papers), len(new_steps) + len(new_papers)]
        draft.steps.all().delete()
        draft.documents.all().delete()
        _keep_rows(draft, new_steps, new_papers)
    if changed:
        save_record(draft, prepared_by=actor)
        record_change(actor=actor, verb="change", rows=[draft, matter], scope=draft.zone_id, changed=changed)
    return draft


@transaction.atomic
def publish_matter_version(*, actor: User | None, draft: MatterVersion) -> MatterVersion:
    """Publish a draft that somebody else prepared: from now on it is never edited.

    Raises VersionIsPublished, AnotherPersonPublishes for who prepared it, and NotReadyToPublish for one that a person at
    a window could not work by.
    """
    zones.require(actor, Verb.MANAGE, Thing.MATTER, draft.zone)
    matter = locked(draft.matter_id)
    draft = _locked_draft(matter, draft.pk)
    publish(
        draft,
        actor=actor,
        name=matter.name,
        versions=MatterVersion.objects.filter(matter=matter),
        why_not=why_not_ready(draft),
        at=zones.now(matter.zone),
    )
    index_matters([matter.pk])
    record_change(actor=actor, verb="publish", rows=[draft, matter], scope=draft.zone_id, number=draft.number)
    return draft


def why_not_ready(version: MatterVersion) -> str:
    """Return what a version lacks for being published, empty when nothing."""
    matter = version.matter
    if matter.department_id is None:
        return _("事项没有办理部门。")
    if not version.legal_basis:
        return _("没有设定依据。")
    if version.promised_working_days is None:
        return _("没有承诺时限。")
    if not version.steps.exists():
        return _("没有办理环节。")
    if version.documents.filter(may_be_late=True).exists() and not version.late_working_days:
        return _("有可容缺的材料，却没有容缺补正期限。")
    return ""


def tidied(values: dict[str, Any]) -> dict[str, Any]:
    """Return facts of a version without stray spaces."""
    unknown = values.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a version: {sorted(unknown)}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def check_facts(version: MatterVersion) -> None:
    """Refuse days out of order, a source that is not what it says, and a pledge without its text. Reads only."""
    if version.effective_to is not None and version.effective_to < version.effective_from:
        raise _wrong(version, "effective_to", _("不能早于生效日期。"))
    if version.source_status == MatterVersion.SourceStatus.CONFIRMED and version.verified_on is None:
        raise _wrong(version, "verified_on", _("标为已核实的，要填写核实日期。"))
    if version.verified_on is not None and version.verified_on > zones.today(version.zone):
        raise _wrong(version, "verified_on", _("不能晚于今天。"))
    promised = version.promised_working_days
    if promised is not None and (promised < 0 or promised % HALF or promised > 999):
        raise _wrong(version, "promised_working_days", _("请填写 0 到 999 之间的数，最小到半天（0.5）。"))
    if version.pledge_allowed and version.matter.no_pledge:
        why = _("该事项%(why)s，不适用告知承诺。") % {"why": version.matter.get_no_pledge_display()}
        raise _wrong(version, "pledge_allowed", why)
    if version.pledge_allowed and not version.pledge_text:
        raise _wrong(version, "pledge_text", _("可告知承诺的，要写明告知和承诺的内容。"))
    if version.pledge_allowed and version.check_working_days is None:
        raise _wrong(version, "check_working_days", _("可告知承诺的，要写明多少工作日内核查。"))
    for name, value in (
        ("source_status", version.source_status),
        ("legal_day_kind", version.legal_day_kind),
        ("channel", version.channel),
    ):
        if value not in dict(MatterVersion._meta.get_field(name).flatchoices):  # type: ignore[union-attr]
            raise _wrong(version, name, _("请从列出的种类中选择。"))
    for name in ("legal_days", "check_working_days", "late_working_days"):
        number = getattr(version, name)
        if number is not None and not 0 <= number <= 999:
            raise _wrong(version, name, _("请填写 0 到 999 之间的整数。"))
    for field in MatterVersion._meta.concrete_fields:
        is_text = isinstance(field, (models.CharField, models.TextField))
        most = field.max_length if is_text else None
        if most and len(getattr(version, field.name) or "") > most:
            raise _wrong(version, field.name, _("最多 %(most)s 个字。") % {"most": most})


def _keep_rows(version: MatterVersion, steps: Sequence[Step], documents: Sequence[Paper]) -> None:
    _check_rows(steps, documents)
    MatterStep.objects.bulk_create(
        MatterStep(zone=version.zone, version=version, position=n, name=one.name, by=one.by, what=one.what)
        for n, one in enumerate(steps, 1)
    )
    places = dict.fromkeys(MatterDocument.Direction.values, 0)
    rows = []
    for one in documents:
        places[one.direction] += 1
        rows.append(
            MatterDocument(
                zone=version.zone,
                version=version,
                direction=one.direction,
                position=places[one.direction],
                name=one.name,
                kind=one.kind,
                is_main=one.is_main,
                may_be_late=one.may_be_late,
                issuer=one.issuer,
                note=one.note,
            )
        )
    MatterDocument.objects.bulk_create(rows)


def _check_rows(steps: Sequence[Step], documents: Sequence[Paper]) -> None:
    for label, rows, model in (
        (_("办理环节"), steps, MatterStep),
        (_("材料"), documents, MatterDocument),
    ):
        if len(rows) > MOST_ROWS:
            raise WrongInput(field=label, why=_("最多 %(most)s 行。") % {"most": MOST_ROWS})
        for one in rows:
            if not one.name:
                raise WrongInput(field=label, why=_("有一行没有名称。"))
            for name in ("name", "by", "what", "issuer", "note"):
                most = getattr(model._meta.get_field(name), "max_length", 0) if hasattr(one, name) else 0
                if most and len(getattr(one, name)) > most:
                    why = _("“%(name)s”一行有内容超过 %(most)s 个字。")
                    raise WrongInput(field=label, why=why % {"name": one.name[:20], "most": most})
    seen = set()
    for paper in documents:
        if paper.direction not in MatterDocument.Direction.values or paper.kind not in DocumentKind.values:
            why = _("“%(name)s”的方向或种类不在列出的之中。") % {"name": paper.name}
            raise WrongInput(field=_("材料"), why=why)
        if (paper.direction, paper.name) in seen:
            raise WrongInput(field=_("材料"), why=_("“%(name)s”写了两次。") % {"name": paper.name})
        seen.add((paper.direction, paper.name))
        if paper.may_be_late and (paper.is_main or paper.direction != MatterDocument.Direction.IN):
            why = _("“%(name)s”不能容缺：只有次要的申请材料可以。") % {"name": paper.name}
            raise WrongInput(field=_("材料"), why=why)


def _wrong(version: MatterVersion, name: str, why: str) -> WrongInput:
    return WrongInput(field=label_of(version, name), why=why, name=name)


def _locked_draft(matter: Matter, pk: int) -> MatterVersion:
    """Return a draft with its row locked; raises VersionIsPublished for one that is published."""
    rows = MatterVersion.objects.select_related("zone", "matter__department")
    version = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if version.is_published:
        raise VersionIsPublished(name=matter.name, number=version.number)
    return version
