"""What a firm has given already: which documents serve on a day, under which consent, and how often none was asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import DocumentConsent, DocumentKind, DocumentUse, Enterprise, FirmDocument
from ..models.vault import EXPIRES_SOON
from .enterprises import family_ids

THING = "enterprises.firmdocument"
MOST = 1200
LATE_SHOWN = timedelta(days=30)
"""So long after its last day an expired document is still shown as something to see to."""

Actor = User | AnonymousUser | None


@dataclass(frozen=True)
class MissingDocument:
    """A kind of document that has to be asked for; ``last`` is the one that no longer serves, None if never given."""

    kind: DocumentKind
    last: FirmDocument | None


@dataclass(frozen=True)
class Holding:
    """What a firm has of the documents asked for, on a day: those that serve, those of them that expire within
    30 days, and the kinds that are missing."""

    on: date
    valid: tuple[FirmDocument, ...]
    expiring: tuple[FirmDocument, ...]
    missing: tuple[MissingDocument, ...]


def visible_documents(actor: Actor) -> QuerySet[FirmDocument]:
    """Return the documents this person may see. Every read for a request starts here."""
    rows = FirmDocument.objects.select_related("enterprise", "zone", "file", "replaces", "replaced_by")
    return zones.in_zones(rows, actor, Thing.FIRM_DOCUMENT)


def visible_consents(actor: Actor) -> EntryQuerySet:
    """Return the consents this person may see, those taken back included."""
    rows = DocumentConsent.objects.select_related(
        "enterprise", "zone", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.FIRM_DOCUMENT))


def visible_uses(actor: Actor) -> EntryQuerySet:
    """Return the entries of the log of use this person may see, void ones included."""
    rows = DocumentUse.objects.select_related(
        "enterprise", "zone", "document", "consent", "recorded_by", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.FIRM_DOCUMENT))


def get_document(actor: Actor, pk: int) -> FirmDocument:
    """Return a document; raises NotFound when it is hidden or missing."""
    found = visible_documents(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这份材料"))
    return found


def get_consent(actor: Actor, pk: int) -> DocumentConsent:
    """Return a consent; raises NotFound when it is hidden or missing."""
    found: DocumentConsent | None = visible_consents(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条同意记录"))
    return found


def get_use(actor: Actor, pk: int) -> DocumentUse:
    """Return an entry of the log of use; raises NotFound when it is hidden or missing."""
    found: DocumentUse | None = visible_uses(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条使用记录"))
    return found


def documents_for(
    actor: Actor, enterprise: Enterprise, kinds: Iterable[str], on: date | None = None
) -> Holding:
    """Return which of the documents asked for a firm need not give again on a day (today), and which are missing.

    Of one kind all that serve are given, the one that lasts longest first. Two queries, however many kinds.
    """
    day = on or zones.today(enterprise.zone)
    wanted = [DocumentKind(kind) for kind in dict.fromkeys(kinds)]
    rows = visible_documents(actor).filter(enterprise__in=family_ids(enterprise), kind__in=wanted)
    of: dict[str, list[FirmDocument]] = {}
    for document in sorted(rows, key=lambda one: (one.valid_to or date.max, one.pk), reverse=True):
        of.setdefault(document.kind, []).append(document)
    serving: list[FirmDocument] = []
    missing: list[MissingDocument] = []
    for kind in wanted:
        serve = [one for one in of.get(kind, ()) if one.serves_on(day)]
        serving += serve
        if not serve:
            missing.append(MissingDocument(kind, next(iter(of.get(kind, ())), None)))
    soon = FirmDocument.Standing.EXPIRING
    return Holding(
        on=day,
        valid=tuple(serving),
        expiring=tuple(one for one in serving if one.standing_on(day) == soon),
        missing=tuple(missing),
    )


def consent_for(ids: Sequence[int], kind: str, matter: str, on: date) -> DocumentConsent | None:
    """Return the consent of a firm's family under which a document of a kind may be used for a matter on a day."""
    rows = DocumentConsent.objects.live().filter(
        enterprise__in=ids, kind__in=("", kind), matter__iexact=matter, happened_on__lte=on, until__gte=on
    )
    found: DocumentConsent | None = rows.order_by("-until", "-pk").first()
    return found


def in_standing(rows: QuerySet[FirmDocument], standing: str, on: date) -> QuerySet[FirmDocument]:
    """Narrow documents to those that stand so today."""
    current = Q(state=FirmDocument.State.CURRENT)
    begun = Q(received_on__lte=on) & (Q(valid_from__isnull=True) | Q(valid_from__lte=on))
    last = on + EXPIRES_SOON
    conditions = {
        FirmDocument.Standing.VALID: current & begun & (Q(valid_to__isnull=True) | Q(valid_to__gt=last)),
        FirmDocument.Standing.EXPIRING: current & begun & Q(valid_to__gte=on, valid_to__lte=last),
        FirmDocument.Standing.EXPIRED: current & Q(valid_to__lt=on),
        FirmDocument.Standing.NOT_YET: current & ~begun & ~Q(valid_to__lt=on),
        FirmDocument.Standing.REPLACED: Q(state=FirmDocument.State.REPLACED),
        FirmDocument.Standing.WITHDRAWN: Q(state=FirmDocument.State.WITHDRAWN),
    }
    return rows.filter(conditions[FirmDocument.Standing(standing)])


def expiring_documents(actor: Actor, zone: Zone, on: date) -> QuerySet[FirmDocument]:
    """Return the documents in use that end within 30 days, or ended within the last 30, the earliest first."""
    rows = visible_documents(actor).filter(
        zone_id__in=zones.zones_under(actor, zone, Thing.FIRM_DOCUMENT),
        state=FirmDocument.State.CURRENT,
        valid_to__gte=on - LATE_SHOWN,
        valid_to__lte=on + EXPIRES_SOON,
        enterprise__state=Enterprise.State.OPERATING,
    )
    return rows.order_by("valid_to", "pk")


def searched_documents(
    rows: QuerySet[FirmDocument], scopes: Sequence[int], text: str
) -> QuerySet[FirmDocument]:
    """Narrow documents to those found by number, name, issuer or firm; those out of use by their number."""
    ids = matching_row_ids(THING, scopes, text, limit=MOST)
    return rows.filter(Q(pk__in=ids) | Q(number__istartswith=text.strip()))


def saved_uses(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the uses by which a document was not asked again, in a zone and the zones below it."""
    ids = zones.zones_under(actor, zone, Thing.FIRM_DOCUMENT)
    return visible_uses(actor).live().filter(zone_id__in=ids, came_with=False)


def saved_of(actor: Actor, ids: Sequence[int]) -> int:
    """Return how often a firm (its family's ids) was not asked for a document again: 免交材料次数."""
    return visible_uses(actor).live().filter(enterprise__in=ids, came_with=False).count()


def saved_by_month(actor: Actor, zone: Zone) -> list[tuple[date, int]]:
    """Return (first of the month, documents not asked again) of a zone, the latest month first."""
    rows = saved_uses(actor, zone).order_by().annotate(month=TruncMonth("happened_on"))
    counted = rows.values("month").annotate(n=Count("pk")).order_by("-month")
    return [(row["month"], row["n"]) for row in counted]


def saved_by_firm(actor: Actor, zone: Zone, most: int = 20) -> list[tuple[int, str, int]]:
    """Return (id, name, documents not asked again) of the firms of a zone that were spared most."""
    rows = saved_uses(actor, zone).order_by().values("enterprise_id", "enterprise__name")
    counted = rows.annotate(n=Count("pk")).order_by("-n", "enterprise__name", "enterprise_id")[:most]
    return [(row["enterprise_id"], row["enterprise__name"], row["n"]) for row in counted]
