"""Pages of promotion: leads, their pipeline, activities."""

from . import activities, leads, pipeline, stages

__all__ = ["activities", "leads", "pipeline", "stages"]
