"""约定台账: agreements with their covenants, reviews, signing days and findings; the same file again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.premises.services.row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Problem

from ..models import Agreement, AgreementReview, Covenant, CovenantFinding, CovenantKind, Project
from . import project_book
from .agreements import add_agreement, review_agreement, sign_agreement
from .covenant_fields import EXAMPLE, FIELDS
from .covenants import add_covenant, change_covenant, check_finding, record_finding, settle
from .project_book import ProjectBook
from .project_fields import year_in

OF_AGREEMENT = ("agreement_kind", "signed_on", "parties", "area_m2", "review_no", "review_body", "review_on")
COMPARED = ("target", "said", "department", "grant_number")

Key = tuple[str, str, str, date, int | None]


@dataclass
class CovenantBook(Book):
    """The agreements and covenants that are kept or come with earlier rows, and what all rows say of an agreement."""

    projects: ProjectBook
    lookups: Lookups
    said: dict[str, dict[str, Any]]
    agreements: dict[str, Agreement]
    covenants: dict[Key, Covenant] = field(default_factory=dict)
    found: set[tuple[Key, str, date]] = field(default_factory=set)
    findings: list[tuple[Key, dict[str, Any], int]] = field(default_factory=list)


class CovenantLedger(RowLedger[CovenantBook]):
    """What firms and the zone promised each other."""

    key: str = "covenants"
    title: Text = _("约定台账")
    thing: str = "projects.covenant"
    may: Thing = Thing.COVENANT
    description: Text = _(
        "一行一条约定，按协议编号、约定事项、条款、期限和考核年度识别；协议的情况写在它的任一行即可。有签订日期的登记为已签订，"
        "约定了奖励的须有公平竞争审查文号；已签订的协议不能由台账改动，须在页面上起草补充协议。认定须有佐证文号。"
    )
    fields: tuple[FieldSpec, ...] = FIELDS
    examples: Sequence[Mapping[str, Any]] = (EXAMPLE,)
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        **project_book.SENTENCES,
        "agreement_of_other": _("第 {row} 行协议编号“{found}”已用于项目“{expected}”。"),
        "agreement_signed": _("第 {row} 行协议“{found}”已签订，不能由台账增加或改动约定。"),
        "review_needed": _("第 {row} 行约定了奖励扶持，但没有公平竞争审查文号和审查日期，或审查晚于签订。"),
        "not_signed": _("第 {row} 行协议“{found}”还没有签订，不能认定履约。"),
        "condition_unknown": _("第 {row} 行兑现条件“{found}”不在前面的行里。"),
        "year_unclear": _("第 {row} 行{label}“{found}”不是年份。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        **project_book.FIXES,
        "agreement_of_other": _("请核对协议编号和项目名称。"),
        "agreement_signed": _("请打开该协议，起草补充协议。"),
        "review_needed": _("请填写审查文号、审查单位和审查日期；没有审查的先不填签订日期，登记为草稿。"),
        "not_signed": _("请填写签订日期，或先删去认定结果。"),
        "condition_unknown": _("把作为条件的约定写在奖励前面。"),
        "year_unclear": _("请写成 2023。"),
    }

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> CovenantBook:
        """Read the projects, agreements, covenants and findings that the rows name; few queries for any number."""
        said: dict[str, dict[str, Any]] = {}
        for row in rows:
            facts = said.setdefault(row.values["number"], {})
            for name in OF_AGREEMENT:
                if row.values.get(name) is not None:
                    facts.setdefault(name, row.values[name])
        kept = Agreement.objects.filter(zone=zone, number__in=said).select_related("zone", "project__zone")
        agreements = {agreement.number: agreement for agreement in kept}
        book = CovenantBook(
            zone, sites, ProjectBook(zone.pk, (row.values for row in rows)), Lookups(zone), said, agreements
        )
        covenants = Covenant.objects.filter(agreement__in=agreements.values()).select_related(
            "zone", "department", "agreement__project", "agreement__zone"
        )
        for covenant in covenants:
            book.covenants[_key(covenant)] = covenant
        for entry in CovenantFinding.objects.filter(covenant__in=covenants).select_related(
            "covenant__agreement"
        ):
            book.found.add((_key(entry.covenant), entry.result, entry.happened_on))
        return book

    def step(self, row: Row, book: CovenantBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new covenant or a changed one of a draft, a finding, or nothing."""
        values, problems = row.values, list[Problem]()
        project = book.projects.find(values)
        if isinstance(project, Problem):
            return [project]
        if project is None:
            return [Problem("project_unknown", values["name"], "—", {"field": "name"})]
        facts = _facts(values, book, problems)
        agreement = book.agreements.get(values["number"])
        if agreement is not None and agreement.project_id != project.pk:
            data = {"field": "number"}
            problems.append(Problem("agreement_of_other", values["number"], agreement.project.name, data))
        if problems:
            return problems
        wanted = Covenant(zone=book.zone, agreement=agreement or _drafted(project, book, values), **facts)
        key = _key(wanted)
        kept = book.covenants.get(key)
        changes = _changes(kept, wanted)
        finding = _finding(values, book, key)
        signs = _signs(agreement, book)
        if kept is not None and not changes and finding is None and not signs:
            return None
        if (
            finding is not None
            and wanted.agreement.is_open
            and not book.said[values["number"]].get("signed_on")
        ):
            return [Problem("not_signed", values["number"], "", {"field": "result"})]
        if (kept is None or changes) and agreement is not None and not agreement.is_open:
            return [Problem("agreement_signed", values["number"], "", {"field": "number"})]
        if wanted.kind == CovenantKind.REWARD and (kept is None or changes or signs):
            problem = _review_problem(book.said[values["number"]])
            if problem is not None:
                return [problem]
        if signs and kept is not None:
            changes["signed_on"] = [None, book.said[values["number"]]["signed_on"]]
        return _step(book, project, row, wanted, kept, changes, finding)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the covenants, then the reviews and signing days of their agreements, then what was found."""
        zone = Zone.objects.get(pk=scope)
        book = self.open_book(zone, {}, [outcome.row for outcome in outcomes])
        person = actor if isinstance(actor, User) else None
        for number, outcome in enumerate(outcomes):
            progress.say(str(self.title), number, len(outcomes))
            step = self.step(outcome.row, book)
            if isinstance(step, Step):
                step.write(Source(person, batch, outcome.row.number))
        for agreement in book.agreements.values():
            _sign(person, agreement, book.said[agreement.number])
        for key, said, row in book.findings:
            covenant = Covenant.objects.select_related("zone", "agreement").get(pk=book.covenants[key].pk)
            record_finding(actor=person, covenant=covenant, batch=batch, batch_row=row, **said)
        record_change(actor=actor, verb="import", rows=[zone], scope=scope, thing=self.thing, batch=batch.pk)


def _key(covenant: Covenant) -> Key:
    return covenant.agreement.number, covenant.kind, covenant.clause, covenant.due_on, covenant.year


def _drafted(project: Project, book: CovenantBook, values: Mapping[str, Any]) -> Agreement:
    """Return the agreement that the rows would draft, not saved."""
    said = book.said[values["number"]]
    return Agreement(
        zone=book.zone,
        project=project,
        number=values["number"],
        kind=said.get("agreement_kind") or Agreement.Kind.DEVELOPMENT,
        parties=said.get("parties") or "",
        area_m2=said.get("area_m2"),
    )


def _facts(values: Mapping[str, Any], book: CovenantBook, problems: list[Problem]) -> dict[str, Any]:
    book.lookups.past_day(book.said[values["number"]], "signed_on", problems)
    book.lookups.past_day(values, "found_on", problems)
    kind = values["kind"]
    facts: dict[str, Any] = {
        "kind": kind,
        "due_on": values["due_on"],
        "clause": " ".join((values.get("clause") or "").split()),
        "said": " ".join((values.get("said") or "").split()),
        "grant_number": values.get("grant_number") or "",
        "department": book.lookups.department(values, "department", problems),
    }
    number = values.get("people") if kind == CovenantKind.JOBS else values.get("amount_cny")
    facts["target"] = None if number is None else Decimal(number).quantize(Decimal("0.01"))
    if values.get("year"):
        facts["year"] = year_in(values["year"])
        if facts["year"] is None:
            problems.append(Problem("year_unclear", values["year"], "2023", {"field": "year"}))
    wanted = values.get("rewards")
    if wanted:
        alike = [one for key, one in book.covenants.items() if key[:2] == (values["number"], wanted)]
        if alike:
            facts["rewards"] = alike[-1]
        else:
            said = str(CovenantKind(wanted).label)
            problems.append(Problem("condition_unknown", said, "", {"field": "rewards"}))
    return facts


def _changes(kept: Covenant | None, wanted: Covenant) -> dict[str, Sequence[Any]]:
    """Return what a row says otherwise than is kept; blanks say nothing."""
    if kept is None:
        return {}
    changes: dict[str, Sequence[Any]] = {}
    for name in COMPARED:
        old, new = getattr(kept, name), getattr(wanted, name)
        if new not in (None, "") and old != new:
            changes[name] = [old, new]
    return changes


def _finding(values: Mapping[str, Any], book: CovenantBook, key: Key) -> dict[str, Any] | None:
    """Return the finding that a row brings, None where it brings none or one that was entered before."""
    result = values.get("result")
    if not result:
        return None
    on = values.get("found_on") or book.lookups.today
    if (key, result, on) in book.found:
        return None
    number = values.get("found_people") if key[1] == CovenantKind.JOBS else values.get("found_cny")
    return {
        "result": result,
        "on": on,
        "value": None if number is None else Decimal(number),
        "document_no": values.get("document_no") or "",
        "evidence_note": values.get("evidence_note") or "",
    }


def _signs(agreement: Agreement | None, book: CovenantBook) -> bool:
    """Return whether the rows sign an agreement that is kept as a draft."""
    return agreement is not None and agreement.is_open and bool(book.said[agreement.number].get("signed_on"))


def _review_problem(said: Mapping[str, Any]) -> Problem | None:
    if not said.get("signed_on"):
        return None
    day = said.get("review_on")
    if said.get("review_no") and day and day <= said["signed_on"]:
        return None
    return Problem("review_needed", "", "", {"field": "review_no"})


def _step(
    book: CovenantBook,
    project: Project,
    row: Row,
    wanted: Covenant,
    kept: Covenant | None,
    changes: dict[str, Sequence[Any]],
    finding: dict[str, Any] | None,
) -> Step:
    key, number = _key(wanted), wanted.agreement.number

    def note(covenant: Covenant) -> None:
        book.covenants[key] = covenant
        if finding is not None:
            book.found.add((key, finding["result"], finding["on"]))

    def write(source: Source) -> None:
        covenant = kept
        if kept is None:
            covenant = _write_new(source, book, project, wanted)
        elif any(name in changes for name in COMPARED):
            values = {name: changes[name][1] for name in COMPARED if name in changes}
            covenant = change_covenant(actor=source.actor, covenant=kept, version=None, **values)
        if covenant is not None:
            note(covenant)
        if finding is not None:
            book.findings.append((key, finding, row.number))

    def foresee() -> None:
        if kept is None or changes:
            settle(wanted)
        if finding is not None:
            said = {name: value for name, value in finding.items() if name != "on"}
            check_finding(CovenantFinding(zone=book.zone, covenant=wanted, happened_on=finding["on"], **said))
        book.agreements.setdefault(number, wanted.agreement)
        note(kept or wanted)

    if finding is not None and kept is not None:
        result = CovenantFinding.Result(finding["result"])
        changes = {**changes, "result": ["", str(result.label)]}
    return Step(write, foresee, changes, kept.pk if kept is not None else None, is_known=kept is not None)


def _write_new(source: Source, book: CovenantBook, project: Project, wanted: Covenant) -> Covenant:
    number = wanted.agreement.number
    agreement = book.agreements.get(number)
    if agreement is None:
        agreement = add_agreement(
            actor=source.actor,
            project=project,
            number=number,
            kind=wanted.agreement.kind,
            parties=wanted.agreement.parties,
            area_m2=wanted.agreement.area_m2,
        )
        book.agreements[number] = agreement
    names = ("clause", "said", "target", "year", "department", "rewards", "grant_number")
    facts = {name: getattr(wanted, name) for name in names}
    return add_covenant(
        actor=source.actor, agreement=agreement, kind=wanted.kind, due_on=wanted.due_on, **facts
    )


def _sign(actor: User | None, agreement: Agreement, said: Mapping[str, Any]) -> None:
    """Enter the review and the signing day that the rows say of an agreement that is still open."""
    agreement.refresh_from_db()
    if not agreement.is_open:
        return
    if said.get("review_no") and said.get("review_on") and agreement.state == Agreement.State.DRAFT:
        review_agreement(
            actor=actor,
            agreement=agreement,
            conclusion=AgreementReview.Conclusion.PASSED,
            body=said.get("review_body") or gettext("未填写"),
            on=said["review_on"],
            document_no=said["review_no"],
        )
    if said.get("signed_on"):
        sign_agreement(actor=actor, agreement=agreement, on=said["signed_on"])
