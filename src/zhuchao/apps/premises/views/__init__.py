"""Pages of premises: sites, units, revitalisations."""

from . import revitalisations, sites, units

__all__ = ["revitalisations", "sites", "units"]
