"""Pages of premises: sites, units, revitalisations."""

from . import buildings, lineage, revitalisations, sites, space, tenants, units

__all__ = ["buildings", "lineage", "revitalisations", "sites", "space", "tenants", "units"]
