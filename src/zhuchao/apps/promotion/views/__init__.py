"""Pages of promotion: leads, their pipeline, activities."""

from . import activities, leads, needs, pipeline, stages

__all__ = ["activities", "leads", "needs", "pipeline", "stages"]
