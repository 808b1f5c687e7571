"""The public door: what a zone shows to anybody, what anybody asks, and the screens it hangs up."""

from .doors import Door, Listing, PolicyListing, UnitListing
from .enquiries import AttemptCount, Enquiry
from .firm_links import FactProposal, FirmLink
from .screens import Screen

__all__ = [
    "AttemptCount",
    "Door",
    "Enquiry",
    "FactProposal",
    "FirmLink",
    "Listing",
    "PolicyListing",
    "Screen",
    "UnitListing",
]
