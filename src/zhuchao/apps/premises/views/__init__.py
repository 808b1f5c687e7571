"""Pages of premises: sites, units, holds, leases, planned arrivals, revitalisations."""

from . import buildings, lineage, revitalisations, sites, space, tenants, units

__all__ = ["buildings", "lineage", "revitalisations", "sites", "space", "tenants", "units"]
