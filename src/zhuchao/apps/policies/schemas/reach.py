"""What the API gives for the reach of policies."""

from ninja import Schema


class ReachStepOut(Schema):
    """One step: how many firms, their part of those that qualify, the median of working days since the one before."""

    step: str
    firms: int
    rate: float | None
    working_days: float | None


class ReachOut(Schema):
    """The funnel of one policy; of all together where ``policy_id`` is None. ``rate`` is the part that was paid."""

    policy_id: int | None
    title: str
    rate: float | None
    outside: int
    steps: list[ReachStepOut]
