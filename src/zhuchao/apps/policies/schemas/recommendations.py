"""What the API gives of recommendations: which firm fits which policy, when it was told, how far it came."""

from datetime import date, datetime
from typing import Any

from ninja import Schema


class RecommendationOut(Schema):
    """A recommendation; times in working minutes and days, ``missing`` the fact that is still asked for."""

    id: int
    zone: str
    policy_id: int
    version_id: int
    enterprise_id: int
    enterprise: str
    reason: str
    missing: str
    found_on: date
    counted_from: datetime
    told_at: datetime | None
    working_minutes: int | None
    working_days: int | None
    opened_at: datetime | None
    withdrawn_at: datetime | None
    progress: str
    is_late: bool

    @staticmethod
    def resolve_zone(row: Any) -> str:
        return str(row.zone.code)

    @staticmethod
    def resolve_policy_id(row: Any) -> int:
        return int(row.version.policy_id)

    @staticmethod
    def resolve_enterprise(row: Any) -> str:
        return str(row.enterprise.name)


class RecommendationPage(Schema):
    """A page of recommendations; ``after`` is the id to go on from, None at the end."""

    items: list[RecommendationOut]
    after: int | None


class PolicySpeedOut(Schema):
    """How soon the firms that a version fits were told; ``late`` after more than one working day."""

    policy_id: int
    version_id: int
    title: str
    published_at: datetime | None
    found: int
    told: int
    late: int
    median_minutes: float | None
    most_minutes: int | None
