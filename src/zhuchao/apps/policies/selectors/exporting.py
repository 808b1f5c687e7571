"""A policy of a zone as a policy file, which every other zone can take."""

import re
from datetime import timedelta

from django.utils import timezone

from zhuchao.engines.rules.policies import Source, Span, Status
from zhuchao.engines.rules.writing import WrittenVersion, rules_within, write_policy

from ..errors import NoRules
from ..models import Policy, PolicyAdoption, PolicyVersion

_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def file_name(policy: Policy) -> str:
    """Return the name of the file of a policy."""
    return f"{file_id(policy)}.yaml"


def file_id(policy: Policy) -> str:
    """Return the id of a policy in a file: its key where that can be one."""
    found = re.sub(r"[^a-z0-9_-]+", "-", policy.key.lower()).strip("-")
    return found if _ID.fullmatch(found) else f"policy-{policy.pk}"


def policy_file(policy: Policy) -> str:
    """Return a policy as the text of a policy file: its published versions, or its draft where there are none.

    Versions without a day between them are written, back from the newest. Raises NoRules where the newest does not say
    its conditions as data.
    """
    rows = list(PolicyVersion.objects.filter(policy=policy).order_by("number"))
    published = [version for version in rows if version.is_published] or rows
    if not published or not published[-1].rules.strip():
        raise NoRules(policy=policy.title)
    origins = {one.version_id: one for one in PolicyAdoption.objects.filter(version__policy=policy)}
    head = {
        "id": file_id(policy),
        "title": policy.title,
        "level": policy.level,
        "department": policy.department,
        "object": "、".join(policy.audiences),
        "note": policy.summary,
    }
    return write_policy(head, _versions(policy, published, origins))


def _versions(
    policy: Policy, published: list[PolicyVersion], origins: dict[int, PolicyAdoption]
) -> list[WrittenVersion]:
    """Return versions from the oldest that the newest follows without a day between."""
    found: list[WrittenVersion] = []
    for version in reversed(published):
        span = Span(version.effective_from, version.effective_to)
        if found:
            before = found[0].effective.first - timedelta(days=1)
            if span.last is not None and span.last < before:
                break
            span = Span(span.first, before)
        if not version.rules.strip():
            break
        window = None
        if version.window_open is not None or version.window_close is not None:
            window = Span(version.window_open or span.first, version.window_close)
        found.insert(
            0,
            WrittenVersion(
                version.number,
                span,
                timezone.localtime(version.created_at).date(),
                _source(policy, version, origins.get(version.pk)),
                rules_within(version.rules, span),
                window,
            ),
        )
    return found


def _source(policy: Policy, version: PolicyVersion, origin: PolicyAdoption | None) -> Source:
    """Return where a version comes from; the title of its document stands in for a number where it has none."""
    title = (origin.source_title if origin else "") or policy.title
    return Source(
        title,
        "" if version.document_no == title[:80] else version.document_no,
        origin.source_article if origin else "",
        version.address,
        version.verified_on,
        Status.CONFIRMED if version.is_confirmed else Status.UNCONFIRMED,
        origin.source_note if origin else "",
    )
