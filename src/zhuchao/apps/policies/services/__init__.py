"""The verbs on policies. Each is one transaction and ends with a change."""

from .policies import add_policy, change_policy, review_policy
from .subscriptions import remind_due, subscribe, unsubscribe
from .versions import change_version, draft_version, publish_version

__all__ = [
    "add_policy",
    "change_policy",
    "change_version",
    "draft_version",
    "publish_version",
    "remind_due",
    "review_policy",
    "subscribe",
    "unsubscribe",
]
