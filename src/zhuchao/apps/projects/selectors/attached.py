"""What other apps know of a project. They register a provider here; this app never knows them."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser

from zhuchao.apps.enterprises.selectors import RelatedGroup
from zhuchao.apps.zones.models import User

from ..models import Project

Provider = Callable[[User | AnonymousUser, Project], RelatedGroup | None]

_providers: list[Provider] = []


def register_attached(provider: Provider) -> None:
    """Add a provider of what hangs on a project; the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def attached_to(actor: User | AnonymousUser, project: Project) -> list[RelatedGroup]:
    """Return what every registered app has on a project that this person may see, in the order of registering."""
    groups = (provider(actor, project) for provider in _providers)
    return [group for group in groups if group is not None and group.rows]
