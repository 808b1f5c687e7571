"""Keep policies in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import today

from ..models import Policy
from ..selectors import THING, current_version


def index_policies(policy_ids: Iterable[int]) -> None:
    """Put policies into the index under title, key, department, document and the clauses that are published."""
    rows = Policy.objects.filter(pk__in=list(policy_ids)).select_related("zone")
    index_rows(THING, [_findable(policy, policy.zone) for policy in rows])


def _findable(policy: Policy, zone: Zone) -> Findable:
    version = current_version(policy, today(zone))
    clauses = [clause.text for clause in version.clauses.all()] if version else []
    return Findable(
        policy.pk,
        policy.zone_id,
        policy.title,
        detail=f"{policy.get_level_display()} · {policy.department}",
        code=policy.key,
        words=(
            policy.department,
            policy.summary,
            listed(policy.industries),
            listed(policy.audiences),
            version.document_no if version else "",
            *clauses,
        ),
    )


SOURCE = Source(THING, Policy.objects.all, index_policies)
"""The policies that can be found, so that the index can be made again from them."""
