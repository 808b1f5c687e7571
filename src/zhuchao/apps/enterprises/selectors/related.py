"""What other apps know of a firm. They register a provider here; this app never knows them.

A higher app calls ``register(provider)`` in its ``AppConfig.ready()``. The provider gets the person who asks and the
ids of the firm's family, and returns a group of rows that this person may see, or None when it has nothing to show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from zhuchao.apps.zones.models import User

from ..models import Enterprise
from .enterprises import family_ids


@dataclass(frozen=True)
class RelatedRow:
    """One related record: where it is opened, its name, its state, and a fact or a day beside it.

    ``links`` are further ways on, each (words, address).
    """

    title: str
    url: str
    state: str = ""
    detail: str = ""
    on: date | None = None
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class RelatedGroup:
    """Related records of one kind; ``more_url`` leads to all of them when only some are shown."""

    key: str
    title: str | Promise
    rows: Sequence[RelatedRow]
    more_url: str = ""


@dataclass(frozen=True)
class RelatedFact:
    """Something that another app says of a firm in one line, at the head of its page, and where it is opened."""

    label: str | Promise
    text: str
    url: str


Provider = Callable[[User | AnonymousUser, Sequence[int]], RelatedGroup | None]

FactProvider = Callable[[User | AnonymousUser, Enterprise], RelatedFact | None]

_providers: list[Provider] = []
_facts: list[FactProvider] = []


def register(provider: Provider) -> None:
    """Add a provider of related records; the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def related_to(
    actor: User | AnonymousUser, enterprise: Enterprise, ids: Sequence[int] | None = None
) -> list[RelatedGroup]:
    """Return what every registered app has on a firm and the firms merged into it, in the order of registering."""
    of = family_ids(enterprise) if ids is None else ids
    groups = (provider(actor, of) for provider in _providers)
    return [group for group in groups if group is not None and group.rows]


def register_fact(provider: FactProvider) -> None:
    """Add a provider of one line at the head of a firm's page; the same one twice counts once."""
    if provider not in _facts:
        _facts.append(provider)


def facts_about(actor: User | AnonymousUser, enterprise: Enterprise) -> list[RelatedFact]:
    """Return what every registered app says of a firm in one line, in the order of registering."""
    return [fact for provider in _facts if (fact := provider(actor, enterprise)) is not None]
