"""What the API takes and gives for packs of policies."""

from datetime import date

from ninja import Field, Schema

from ..selectors.library import Item


class PackedPolicyOut(Schema):
    """A policy of a pack with where it stands in the zone: new, newer, draft, adopted, own, expired."""

    key: str
    title: str
    level: str
    department: str
    state: str
    policy_id: int | None
    pack_version: int
    effective_from: date
    effective_to: date | None
    document_no: str
    is_confirmed: bool

    @staticmethod
    def resolve_key(item: Item) -> str:
        return item.id

    @staticmethod
    def resolve_title(item: Item) -> str:
        return item.packed.policy.title

    @staticmethod
    def resolve_level(item: Item) -> str:
        return item.packed.policy.level

    @staticmethod
    def resolve_department(item: Item) -> str:
        return item.packed.policy.department

    @staticmethod
    def resolve_policy_id(item: Item) -> int | None:
        return item.filed.policy.pk if item.filed else None

    @staticmethod
    def resolve_pack_version(item: Item) -> int:
        return item.shown.number

    @staticmethod
    def resolve_effective_from(item: Item) -> date:
        return item.shown.effective.first

    @staticmethod
    def resolve_effective_to(item: Item) -> date | None:
        return item.shown.effective.last

    @staticmethod
    def resolve_document_no(item: Item) -> str:
        return item.shown.source.number

    @staticmethod
    def resolve_is_confirmed(item: Item) -> bool:
        return item.shown.source.status.value == "confirmed"


class PolicyAdoptIn(Schema):
    """Which policies of a pack to take as drafts; no keys are all that are new or newer."""

    zone: str
    pack: str = ""
    keys: list[str] = Field(default_factory=list, max_length=1000)
    dry_run: bool = False


class PolicyTakenOut(Schema):
    """What became of one: add, update, or left, with why it could not be taken where it could not."""

    id: str
    title: str
    action: str
    state: str
    policy_id: int | None
    version: int | None
    said: str
