"""An industry chain 产业链: its nodes in order, the firms and leads on them, and who supplies whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord

from .leads import Lead


class Chain(ZoneRecord):
    """An industry chain that a zone wants whole."""

    name = models.CharField(_("产业链"), max_length=60)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("zone", "name"), name="chain_name_once_a_zone")]

    def __str__(self) -> str:
        return self.name


class ChainNode(ZoneRecord):
    """A link of a chain: something that is made or done, upstream, in the middle or downstream, in an order."""

    class Tier(models.TextChoices):
        UPSTREAM = "up", _("上游")
        MIDSTREAM = "mid", _("中游")
        DOWNSTREAM = "down", _("下游")

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="nodes", verbose_name=_("产业链"))
    name = models.CharField(_("环节"), max_length=60)
    tier = models.CharField(_("上中下游"), max_length=4, choices=Tier)
    order = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        ordering = ("chain", "order", "pk")
        constraints = [models.UniqueConstraint(fields=("chain", "name"), name="chain_node_once_a_chain")]

    def __str__(self) -> str:
        return self.name


class ChainPlace(ZoneRecord):
    """A firm of the zone, or a lead, on a node of a chain. ``is_anchor`` is a firm 链主 that others supply."""

    node = models.ForeignKey(ChainNode, models.PROTECT, related_name="places", verbose_name=_("环节"))
    name = models.CharField(_("企业"), max_length=120)
    normal_name = models.CharField(max_length=120, editable=False)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="chain_places"
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="chain_places", verbose_name=_("项目名称")
    )
    is_anchor = models.BooleanField(_("链主企业"), default=False)

    class Meta:
        ordering = ("node", "-is_anchor", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("node", "normal_name"),
                condition=Q(lead__isnull=True),
                name="chain_firm_once_a_node",
            ),
            models.UniqueConstraint(
                fields=("node", "lead"), condition=Q(lead__isnull=False), name="chain_lead_once_a_node"
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=True) | Q(is_anchor=False, enterprise__isnull=True),
                name="chain_lead_is_no_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyLink(ZoneRecord):
    """A firm on a chain supplies an anchor on it."""

    anchor = models.ForeignKey(
        ChainPlace, models.CASCADE, related_name="suppliers", verbose_name=_("链主企业")
    )
    supplier = models.ForeignKey(
        ChainPlace, models.CASCADE, related_name="supplies", verbose_name=_("配套企业")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("anchor", "supplier"), name="supply_link_once"),
            models.CheckConstraint(condition=~Q(anchor=F("supplier")), name="supply_link_of_two_firms"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} → {self.anchor}"
