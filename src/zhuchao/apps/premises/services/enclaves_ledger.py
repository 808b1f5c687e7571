"""飞地台账: one row an agreed share of an enclave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Enclave, EnclaveShare, Site
from ..selectors.enclaves import partners_of
from . import enclaves as services
from .row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step, kept, site_named


@dataclass
class EnclavesBook(Book):
    """The enclaves by site, what was said of their shares (day and percentage), and the days that have a share."""

    partners: list[Zone]
    enclaves: dict[int, Enclave]
    said: Mapping[int, set[tuple[date, Decimal]]]
    taken: Mapping[int, set[date]]


class EnclavesLedger(RowLedger[EnclavesBook]):
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

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> EnclavesBook:
        """Read the enclaves of the zone with all that was ever said of their shares."""
        enclaves = {
            row.site_id: row for row in Enclave.objects.filter(site__in=[s.pk for s in sites.values()])
        }
        shares = EnclaveShare.objects.filter(enclave__in=enclaves.values())
        said, taken = defaultdict(set), defaultdict(set)
        for site_id, *what in shares.values_list("enclave__site", "happened_on", "partner_percent"):
            said[site_id].add(tuple(what))
        for site_id, day in shares.live().values_list("enclave__site", "happened_on"):
            taken[site_id].add(day)
        return EnclavesBook(zone, sites, list(partners_of(zone)), enclaves, said, taken)

    def step(self, row: Row, book: EnclavesBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new enclave with its share, another share, or nothing."""
        site = site_named(row, book.sites)
        if isinstance(site, list):
            return site
        word = row.values["partner"]
        named = [zone for zone in book.partners if word in {zone.name, zone.short_name, zone.code}]
        if not named:
            return [Problem("partner_unknown", word, "", {"field": "partner"})]
        whole: Decimal = (row.values["keeper_percent"] + row.values["partner_percent"]) * 100
        if whole != 100:
            return [Problem("shares_not_whole", f"{whole.normalize():f}", "", {"field": "partner_percent"})]
        on, note = row.values["on"], row.values["evidence_note"]
        percent = row.values["partner_percent"] * 100
        new = (on, kept(EnclaveShare, partner_percent=percent)["partner_percent"])
        if new in book.said[site.pk]:
            return None

        def foresee() -> None:
            if site.pk not in book.enclaves:
                services.check_site(site)
            share = EnclaveShare(
                zone=book.zone, partner_percent=percent, happened_on=on, evidence_note=note.strip()
            )
            services.check_share(share, book.taken[site.pk])
            book.enclaves.setdefault(site.pk, Enclave(zone=book.zone, site=site, partner=named[0]))
            book.said[site.pk].add(new)
            book.taken[site.pk].add(on)

        def write(source: Source) -> None:
            enclave = book.enclaves.get(site.pk) or services.add_enclave(
                actor=source.actor, site=site, partner=named[0]
            )
            services.agree_share(
                actor=source.actor,
                enclave=enclave,
                on=on,
                partner_percent=percent,
                evidence_note=note,
                **source.entry,
            )

        return Step(write, foresee)
