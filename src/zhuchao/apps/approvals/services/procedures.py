"""Procedures 流程模板 and their versions: drafted by one person, checked by the engine, published by another."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.files import read_template

from ..errors import CodeTaken, DraftStands, VersionIsPublished
from ..models import DRAFT, Procedure, ProcedureVersion
from ..selectors.networks import Shipped, shipped_procedures
from ..wording import say
from .procedure_index import index_procedures
from .versions import publish

FACTS = frozenset({"key", "name", "summary", "is_open"})
VERSION_FACTS = frozenset(
    {"effective_from", "effective_to", "source", "verified_on", "source_status", "text"}
)


@transaction.atomic
def add_procedure(*, actor: User | None, zone: Zone, key: str, name: str, **facts: Any) -> Procedure:
    """Enter a procedure, as yet without a version; ``facts``: summary, is_open. Raises CodeTaken and WrongInput."""
    zones.require(actor, Verb.ADD, Thing.PROCEDURE, zone)
    # The zone's row is what two people who enter the same key race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    values = _checked(zone, facts | {"key": key, "name": name})
    procedure = Procedure.objects.create(zone=zone, **values)
    index_procedures([procedure.pk])
    record_change(
        actor=actor, verb="add", rows=[procedure], scope=zone.pk, key=procedure.key, name=procedure.name
    )
    return procedure


@transaction.atomic
def change_procedure(
    *, actor: User | None, procedure: Procedure, version: int | None, **values: Any
) -> Procedure:
    """Edit what a procedure is filed under. Raises Stale with both versions, and as ``add_procedure`` does."""
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, procedure.zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=procedure.zone_id)
    procedure = locked_procedure(procedure.pk)
    check_version(procedure, version, yours=values)
    changed = save_record(procedure, **_checked(zone, values, but=procedure))
    if changed:
        index_procedures([procedure.pk])
        record_change(actor=actor, verb="change", rows=[procedure], scope=zone.pk, changed=changed)
    return procedure


@transaction.atomic
def draft_procedure(*, actor: User | None, procedure: Procedure, text: str, **facts: Any) -> ProcedureVersion:
    """Draft the next version of a procedure from a text that ``read_template`` reads.

    ``facts``: effective_from (needed), effective_to, source, verified_on, source_status. Raises DraftStands, and
    WrongInput, of a text with its line and the nearest name.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, procedure.zone)
    procedure = locked_procedure(procedure.pk)
    known = ProcedureVersion.objects.filter(procedure=procedure).order_by("-number")
    draft = known.filter(state=DRAFT).first()
    if draft is not None:
        raise DraftStands(name=procedure.name, number=draft.number, pk=draft.pk)
    last = known.first()
    version = ProcedureVersion(
        zone=procedure.zone,
        procedure=procedure,
        number=last.number + 1 if last else 1,
        prepared_by=actor,
        **_tidied(facts | {"text": text}),
    )
    _check_version_facts(version)
    version.save(force_insert=True)
    record_change(
        actor=actor, verb="add", rows=[version, procedure], scope=procedure.zone_id, number=version.number
    )
    return version


@transaction.atomic
def change_draft(
    *, actor: User | None, draft: ProcedureVersion, version: int | None, **values: Any
) -> ProcedureVersion:
    """Edit a draft; who edits it last has prepared it.

    Raises VersionIsPublished, Stale with both versions, and as ``draft_procedure`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROCEDURE, draft.zone)
    procedure = locked_procedure(draft.procedure_id)
    draft = _locked_draft(procedure, draft.pk)
    values = _tidied(values)
    check_version(draft, version, yours=values)
    for name, value in values.items():
        setattr(draft, name, value)
    _check_version_facts(draft)
    draft = _locked_draft(procedure, draft.pk)
    changed = save_record(draft, **values)
    if changed:
        save_record(draft, prepared_by=actor)
        said = {
            name: both if name != "text" else [len(both[0]), len(both[1])] for name, both in changed.items()
        }
        record_change(actor=actor, verb="change", rows=[draft, procedure], scope=draft.zone_id, changed=said)
    return draft


@transaction.atomic
def publish_procedure(*, actor: User | None, draft: ProcedureVersion) -> ProcedureVersion:
    """Publish a draft that somebody else prepared: from now on it is never edited, and new cases follow it.

    Raises VersionIsPublished, AnotherPersonPublishes for who prepared it, and NotReadyToPublish for one without a source
    or that begins before the one published last.
    """
    zones.require(actor, Verb.MANAGE, Thing.PROCEDURE, draft.zone)
    procedure = locked_procedure(draft.procedure_id)
    draft = _locked_draft(procedure, draft.pk)
    publish(
        draft,
        actor=actor,
        name=procedure.name,
        versions=ProcedureVersion.objects.filter(procedure=procedure),
        why_not="" if draft.source else _("没有来源。"),
        at=zones.now(procedure.zone),
    )
    index_procedures([procedure.pk])
    record_change(
        actor=actor, verb="publish", rows=[draft, procedure], scope=draft.zone_id, number=draft.number
    )
    return draft


@transaction.atomic
def adopt_procedure(
    *, actor: User | None, zone: Zone, key: str, effective_from: date | None = None
) -> ProcedureVersion:
    """Take a procedure that is shipped into a zone, as a draft that a second person publishes.

    A zone that has it under this key gets a new draft of it. Raises WrongInput for a key that is not shipped, and as
    ``draft_procedure`` does.
    """
    shipped = _shipped(key)
    procedure = Procedure.objects.filter(zone=zone, key=key).select_related("zone").first()
    if procedure is None:
        procedure = add_procedure(
            actor=actor, zone=zone, key=key, name=shipped.template.name, summary=shipped.summary
        )
    return draft_procedure(
        actor=actor,
        procedure=procedure,
        text=shipped.text,
        effective_from=effective_from or zones.today(zone),
        source=shipped.source,
    )


def locked_procedure(pk: int) -> Procedure:
    """Return a procedure with its row locked: what everybody who writes to it or its versions races for."""
    return Procedure.objects.select_related("zone").select_for_update(of=("self",), no_key=True).get(pk=pk)


def _shipped(key: str) -> Shipped:
    known = shipped_procedures()
    if key not in known:
        raise WrongInput(field=_("流程编号"), why=_("没有随产品提供的流程“%(key)s”。") % {"key": key[:40]})
    return known[key]


def _locked_draft(procedure: Procedure, pk: int) -> ProcedureVersion:
    """Return a draft with its row locked; raises VersionIsPublished for one that is published."""
    rows = ProcedureVersion.objects.select_related("zone", "procedure")
    version = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if version.is_published:
        raise VersionIsPublished(name=procedure.name, number=version.number)
    return version


def _checked(zone: Zone, facts: dict[str, Any], but: Procedure | None = None) -> dict[str, Any]:
    """Return facts of a procedure as they are kept; raises WrongInput and CodeTaken. Reads only."""
    unknown = facts.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a procedure: {sorted(unknown)}")
    values = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }
    for name in ("key", "name", "summary"):
        label, value = label_of(Procedure(), name), values.get(name, " ")
        most = Procedure._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        if not value and name != "summary":
            raise WrongInput(field=label, why=_("不能为空。"), name=name)
        if len(value) > most:
            raise WrongInput(field=label, why=_("最多 %(most)s 个字。") % {"most": most}, name=name)
    if "key" in values:
        others = Procedure.objects.filter(zone=zone, key=values["key"])
        known = (others.exclude(pk=but.pk) if but is not None else others).first()
        if known is not None:
            raise CodeTaken(taken=known.key, name=known.name, pk=known.pk)
    return values


def _tidied(values: dict[str, Any]) -> dict[str, Any]:
    unknown = values.keys() - VERSION_FACTS
    if unknown:
        raise TypeError(f"no such fact of a version: {sorted(unknown)}")
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "text" in tidy:
        tidy["text"] = tidy["text"].replace("\r\n", "\n") + "\n"
    return tidy


def _check_version_facts(version: ProcedureVersion) -> None:
    """Refuse days out of order, a source that is not what it says, and a text that cannot be planned by. Reads only."""

    def wrong(name: str, why: str) -> WrongInput:
        return WrongInput(field=label_of(version, name), why=why, name=name)

    if version.effective_to is not None and version.effective_to < version.effective_from:
        raise wrong("effective_to", _("不能早于生效日期。"))
    if version.source_status not in ProcedureVersion.SourceStatus.values:
        raise wrong("source_status", _("请从列出的种类中选择。"))
    if version.source_status == ProcedureVersion.SourceStatus.CONFIRMED and version.verified_on is None:
        raise wrong("verified_on", _("标为已核实的，要填写核实日期。"))
    if version.verified_on is not None and version.verified_on > zones.today(version.zone):
        raise wrong("verified_on", _("不能晚于今天。"))
    for name in ("source", "text"):
        most = ProcedureVersion._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        if len(getattr(version, name)) > most:
            raise wrong(name, _("最多 %(most)s 个字。") % {"most": most})
    try:
        read_template(version.text)
    except EngineError as error:
        raise wrong("text", say(error)) from error
