"""The API of approvals."""

from ninja import Router

from .matters import router as matters

router = Router(tags=["approvals"])
router.add_router("", matters)
