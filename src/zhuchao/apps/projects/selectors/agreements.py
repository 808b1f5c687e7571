"""Agreements, covenants, letters and re-checks: what a person may see of them, and whether every project has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Share, share

from ..models import (
    Agreement,
    AgreementReview,
    Covenant,
    CovenantFinding,
    CovenantKind,
    CovenantLetter,
    Project,
    Recheck,
    Stage,
    StageEntry,
)
from .projects import Actor

REVIEW_SOURCE = gettext_lazy("《公平竞争审查条例》（国务院令第783号，2024-08-01 起施行；出处未核实）")
"""Why a reward is not promised without a review. From memory, so it is shown as not confirmed."""

AGREEMENT = Agreement._meta.label_lower

IN_FORCE = (Agreement.State.SIGNED, Agreement.State.ENDED)
"""States whose covenants are followed: of an agreement that ended only until the day it ended."""


@dataclass(frozen=True)
class Coverage:
    """How many of the signed projects have a signed agreement with a covenant; ``missing`` are those without."""

    signed: int
    covered: int
    missing: tuple[Project, ...]

    @property
    def rate(self) -> Share:
        return share(Decimal(self.covered), Decimal(self.signed))


def visible_agreements(actor: Actor) -> QuerySet[Agreement]:
    """Return the agreements this person may see."""
    rows = Agreement.objects.select_related(
        "zone", "project__zone", "project__officer", "enterprise", "amends"
    )
    return zones.in_zones(rows, actor, Thing.COVENANT)


def get_agreement(actor: Actor, pk: int) -> Agreement:
    """Return one agreement; raises NotFound when it is hidden or missing."""
    found = visible_agreements(actor).select_related("document__file").filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该协议"))
    return found


def listed_agreements(actor: Actor, zone: Zone) -> QuerySet[Agreement]:
    """Return the agreements of a zone and the zones below it, each with how many covenants it has."""
    rows = visible_agreements(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.COVENANT))
    return rows.annotate(covenant_count=Count("covenants"))


def visible_covenants(actor: Actor) -> QuerySet[Covenant]:
    """Return the covenants this person may see, with all that their standing is worked out from."""
    rows = Covenant.objects.select_related(
        "zone",
        "department",
        "agreement__project__officer",
        "agreement__enterprise",
        "rewards__agreement__project",
        "rewards__zone",
    )
    return zones.in_zones(rows, actor, Thing.COVENANT)


def get_covenant(actor: Actor, pk: int) -> Covenant:
    """Return one covenant; raises NotFound when it is hidden or missing."""
    found = visible_covenants(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该约定"))
    return found


def followed(rows: QuerySet[Covenant]) -> QuerySet[Covenant]:
    """Keep the covenants that are followed: of signed agreements, and of ended ones those due by their end."""
    return rows.filter(
        Q(agreement__state=Agreement.State.SIGNED)
        | Q(agreement__state=Agreement.State.ENDED, due_on__lte=F("agreement__ended_on"))
    )


def followed_covenants(actor: Actor, zone: Zone) -> QuerySet[Covenant]:
    """Return the covenants of a zone and the zones below it that are followed."""
    scopes = zones.zones_under(actor, zone, Thing.COVENANT)
    return followed(visible_covenants(actor).filter(zone_id__in=scopes))


def covenants_of(actor: Actor, project: Project) -> list[Covenant]:
    """Return the covenants of a project that are followed, the earliest due first."""
    rows = followed(visible_covenants(actor).filter(agreement__project=project))
    return list(rows.order_by("due_on", "pk"))


def covenants_in(agreement: Agreement) -> QuerySet[Covenant]:
    """Return every covenant of an agreement, the earliest due first."""
    return visible_covenants(None).filter(agreement=agreement).order_by("side", "due_on", "pk")


def promises_reward(agreement: Agreement) -> bool:
    """Return whether an agreement promises the firm money or another favour."""
    return agreement.covenants.filter(kind=CovenantKind.REWARD).exists()


def agreement_reviews(agreement: Agreement) -> EntryQuerySet:
    """Return the fair-competition reviews of an agreement in force, the latest first."""
    rows: EntryQuerySet = AgreementReview.objects.live()
    return (
        rows.filter(agreement=agreement)
        .select_related("recorded_by", "evidence")
        .order_by("-happened_on", "-pk")
    )


def get_agreement_review(actor: Actor, pk: int) -> AgreementReview:
    """Return one review of an agreement; raises NotFound when it is hidden or missing."""
    rows = AgreementReview.objects.select_related(
        "zone", "agreement__project", "evidence__file", "replaced_by"
    )
    found = zones.in_zones(rows, actor, Thing.COVENANT).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该审查记录"))
    return found


def why_not_signable(agreement: Agreement) -> str:
    """Return why an agreement may not be signed for want of a review, empty where it may."""
    if not promises_reward(agreement):
        return ""
    last = agreement_reviews(agreement).first()
    if last is None:
        return _("约定了奖励扶持，但没有登记公平竞争审查")
    if last.conclusion == AgreementReview.Conclusion.FAILED:
        return _("公平竞争审查结论为“不符合”")
    if agreement.state != Agreement.State.REVIEWED:
        return _("审查之后改动过约定，须重新审查")
    return ""


def visible_findings(actor: Actor) -> EntryQuerySet:
    """Return the findings about covenants this person may see, replaced and void ones included."""
    rows = CovenantFinding.objects.select_related(
        "zone", "covenant__agreement__project", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.COVENANT)  # type: ignore[return-value]


def get_finding(actor: Actor, pk: int) -> CovenantFinding:
    """Return one finding; raises NotFound when it is hidden or missing."""
    found: CovenantFinding | None = visible_findings(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该认定"))
    return found


def visible_letters(actor: Actor) -> QuerySet[CovenantLetter]:
    """Return the letters of reminder this person may see."""
    rows = CovenantLetter.objects.select_related(
        "zone", "covenant__agreement__project__officer", "covenant__department", "approved_by"
    )
    return zones.in_zones(rows, actor, Thing.COVENANT)


def get_letter(actor: Actor, pk: int) -> CovenantLetter:
    """Return one letter of reminder; raises NotFound when it is hidden or missing."""
    found = visible_letters(actor).select_related("answer_document__file").filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该提醒函"))
    return found


def listed_letters(actor: Actor, zone: Zone) -> QuerySet[CovenantLetter]:
    """Return the letters of reminder of a zone and the zones below it."""
    return visible_letters(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.COVENANT))


def visible_rechecks(actor: Actor) -> QuerySet[Recheck]:
    """Return the re-checks this person may see."""
    rows = Recheck.objects.select_related("zone", "project__zone", "project__officer")
    return zones.in_zones(rows, actor, Thing.COVENANT)


def get_recheck(actor: Actor, pk: int) -> Recheck:
    """Return one re-check; raises NotFound when it is hidden or missing."""
    found = visible_rechecks(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该复核表"))
    return found


def coverage(zone_ids: Sequence[int], *, as_of: datetime) -> Coverage:
    """Return how many of the projects signed by now have a signed agreement with at least one covenant."""
    signed = StageEntry.objects.as_of(as_of).filter(project=OuterRef("pk"), stage=Stage.SIGNED)
    agreed = Covenant.objects.filter(agreement__project=OuterRef("pk"), agreement__state__in=IN_FORCE)
    rows = Project.objects.filter(Exists(signed), zone_id__in=zone_ids).annotate(is_covered=Exists(agreed))
    counts = rows.order_by().aggregate(signed=Count("pk"), covered=Count("pk", filter=Q(is_covered=True)))
    missing = rows.filter(is_covered=False).select_related("zone", "officer").order_by("name", "pk")
    return Coverage(counts["signed"], counts["covered"], tuple(missing))
