"""What the API of cluster targets takes and gives."""

from datetime import date

from ninja import Schema

from zhuchao.web.api import EntryOut


class ClusterIn(Schema):
    """A new target: of a sector or a tag, in a site or, without one, in the zone."""

    goal: int
    deadline: date
    site_id: int | None = None
    sector_id: int | None = None
    tag: str = ""
    evidence_note: str = ""


class ClusterCorrectIn(Schema):
    """Another number or another day for a target."""

    goal: int | None = None
    deadline: date | None = None
    reason: str


class ClusterOut(EntryOut):
    """A target."""

    site_id: int | None
    sector_id: int | None
    tag: str
    goal: int
    deadline: date


class ClusterPage(Schema):
    """Targets in force, and the id to go on ``after``."""

    items: list[ClusterOut]
    after: int | None


class ResidentOut(Schema):
    """A firm that counts, and since when it has used its largest unit there."""

    name: str
    since: date


class ClusterStandingOut(Schema):
    """How a target stands: ``expected`` and ``per_month`` are null where there is too little to go by."""

    goal: int
    now: int
    unknown: int
    per_month: float | None
    expected: int | None
    gap: int
    status: str
    firms: list[ResidentOut]
