"""A row of 企业台账 as it is understood: who is meant, and what is said."""

from dataclasses import dataclass
from typing import Any

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.zones.models import Sector
from zhuchao.engines.reading import Problem

# What is taken over as the row says it.
AS_SAID = (
    "state",
    "is_above_scale",
    "established_on",
    "registered_capital_cny",
    "legal_person",
    "address",
    "business",
)


@dataclass(slots=True)
class Understood:
    """A row that was read, with the problem that was found in it, if any.

    Holds little beside the row itself: a file has a hundred thousand of them.
    """

    row: Row
    name: str
    normal: str
    code: str
    legacy: str
    industry: str = ""
    sector: Sector | None = None
    tags: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def has_number(self) -> bool:
        """Return whether a code or an old number says which firm is meant."""
        return bool(self.code or self.legacy)

    @property
    def source(self) -> str:
        """Return who said the tags."""
        return " ".join((self.row.values.get("tag_source") or "").split())

    @property
    def contact(self) -> tuple[str, str]:
        """Return the name and the telephone number of the person to call, each empty where it is not said."""
        return self.row.values.get("contact") or "", self.row.values.get("phone") or ""

    def said(self) -> dict[str, Any]:
        """Return what is said of the firm beside its name, by the record's own fields; what is blank is not said."""
        values = self.row.values
        said = {name: values[name] for name in AS_SAID if values.get(name) not in (None, "")}
        if self.industry:
            said["industry_code"] = self.industry
        if self.sector is not None:
            said["sector_id"] = self.sector.pk
        if self.code:
            said["credit_code"] = self.code
        if self.legacy:
            said["legacy_reg_no"] = self.legacy
        return said
