"""The API of approvals."""

from ninja import Router

from .cases import router as cases
from .matters import router as matters
from .procedures import router as procedures

router = Router(tags=["approvals"])
router.add_router("", matters)
router.add_router("", cases)
router.add_router("", procedures)
