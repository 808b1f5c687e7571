"""飞地台账: one row an agreed share of an enclave."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Enclave, EnclaveShare, Site
from ..selectors.enclaves import partners_of
from . import enclaves as services
from .row_ledgers import FIXES, SENTENCES, RowLedger, Source, Step, site_named


class EnclavesLedger(RowLedger):
    """Enclaves by their site; the percentages of both parks must make 100."""

    key: str = "enclaves"
    title: Text = _("飞地台账")
    thing: str = "premises.enclave"
    description: Text = _("一行一次约定：飞地载体、合作园区、双方比例（合计 100）、自哪天起；须有佐证。")
    may: Thing = Thing.ENCLAVE
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "partner_unknown": _("第 {row} 行合作园区“{found}”不是同一上级下的园区或联盟成员。"),
        "shares_not_whole": _("第 {row} 行双方比例合计 {found}，应为 100。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "partner_unknown": _("请按园区名称、简称或代码填写。"),
        "shares_not_whole": _("请核对双方比例。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("site", "载体名称", required=True, max_length=80, aliases=("载体", "飞地")),
        FieldSpec("partner", "合作园区", required=True, max_length=60),
        FieldSpec("keeper_percent", "本园区比例", Kind.PERCENT, unit="%", required=True, example="60"),
        FieldSpec("partner_percent", "合作园区比例", Kind.PERCENT, unit="%", required=True, example="40"),
        FieldSpec("on", "起始日期", Kind.DATE, required=True, example="2021-01-01"),
        FieldSpec("evidence_note", "佐证材料", required=True, max_length=200, aliases=("佐证",)),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "site": "示例科创飞地",
            "partner": "示例园区",
            "keeper_percent": "60",
            "partner_percent": "40",
            "on": "2021-01-01",
            "evidence_note": "示例共建协议",
        },
    )

    def step(self, row: Row, zone: Zone, sites: Mapping[str, Site]) -> Step | list[Problem] | None:
        """Return the step of a row: a new enclave with its share, another share, or nothing."""
        site = site_named(row, sites)
        if isinstance(site, list):
            return site
        word = row.values["partner"]
        partner = partners_of(zone).filter(Q(name=word) | Q(short_name=word) | Q(code=word)).first()
        if partner is None:
            return [Problem("partner_unknown", word, "", {"field": "partner"})]
        whole: Decimal = (row.values["keeper_percent"] + row.values["partner_percent"]) * 100
        if whole != 100:
            return [Problem("shares_not_whole", f"{whole.normalize():f}", "", {"field": "partner_percent"})]
        said = {"partner_percent": row.values["partner_percent"] * 100}
        enclave = Enclave.objects.select_related("zone", "partner").filter(site=site).first()
        if EnclaveShare.objects.filter(enclave=enclave, happened_on=row.values["on"], **said).exists():
            return None

        def write(source: Source) -> None:
            kept = enclave or services.add_enclave(actor=source.actor, site=site, partner=partner)
            services.agree_share(
                actor=source.actor,
                enclave=kept,
                on=row.values["on"],
                evidence_note=row.values["evidence_note"],
                **said,
                **source.entry,
            )

        return Step(write)
