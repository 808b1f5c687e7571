"""集聚目标台账: one row a target, by its place and its industry or tag."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import ClusterTarget, Site
from . import clusters as services
from .row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step, site_named

Place = tuple[int | None, int | None, str]


@dataclass
class ClustersBook(Book):
    """The sectors by name; by site, sector and tag what was ever said (goal and deadline), and what is in force."""

    sectors: Mapping[str, Sector]
    said: Mapping[Place, set[tuple[int, date]]]
    live: dict[Place, ClusterTarget]


class ClustersLedger(RowLedger[ClustersBook]):
    """Targets by site, sector and tag."""

    key: str = "clusters"
    title: Text = _("集聚目标台账")
    thing: str = "premises.clustertarget"
    description: Text = _("一行一个目标：哪个载体（空白为全辖区）、哪个产业或标签、多少家、到哪天。")
    may: Thing = Thing.CLUSTER
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "sector_not_named": _("第 {row} 行产业“{found}”不在辖区的产业体系中。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "sector_not_named": _("请按产业体系中的名称填写，或改填标签。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("site", "载体名称", max_length=80, aliases=("载体",)),
        FieldSpec("sector", "产业", max_length=40, aliases=("产业领域",), example="数字金融"),
        FieldSpec("tag", "标签", max_length=30),
        FieldSpec("goal", "目标家数", Kind.COUNT, unit="家", required=True, example="100"),
        FieldSpec("deadline", "截止日期", Kind.DATE, required=True, example="2023-12-31"),
        FieldSpec("on", "设定日期", Kind.DATE, required=True, example="2021-03-01"),
        FieldSpec("evidence_note", "依据", max_length=200),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"sector": "数字金融", "goal": "100", "deadline": "2023-12-31", "on": "2021-03-01"},
    )

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> ClustersBook:
        """Read the targets of the zone and its sectors."""
        targets = ClusterTarget.objects.filter(zone=zone)
        said = defaultdict(set)
        for target in targets:
            said[_place(target)].add((target.goal, target.deadline))
        live: dict[Place, ClusterTarget] = {}
        for target in targets.live().select_related("zone", "site", "sector"):
            live.setdefault(_place(target), target)
        return ClustersBook(zone, sites, zones.sectors.sectors_by_name(zone, zones.today(zone)), said, live)

    def step(self, row: Row, book: ClustersBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new target, a correction of the one in force, or nothing."""
        site: Site | None = None
        if row.values.get("site"):
            named = site_named(row, book.sites)
            if isinstance(named, list):
                return named
            site = named
        sector: Sector | None = None
        if word := row.values.get("sector"):
            sector = book.sectors.get(word)
            if sector is None:
                return [Problem("sector_not_named", word, "", {"field": "sector"})]
        said = {"goal": row.values["goal"], "deadline": row.values["deadline"]}
        wanted = ClusterTarget(
            zone=book.zone,
            site=site,
            sector=sector,
            tag=row.values.get("tag") or "",
            happened_on=row.values["on"],
            evidence_note=row.values.get("evidence_note") or "",
            **said,
        )
        place = _place(wanted)
        if (wanted.goal, wanted.deadline) in book.said[place]:
            return None
        live = book.live.get(place)

        def foresee() -> None:
            if live is not None:
                wanted.happened_on = live.happened_on
            services.check_target(wanted)
            book.said[place].add((wanted.goal, wanted.deadline))
            book.live[place] = wanted

        def write(source: Source) -> None:
            if live is not None:
                services.correct_cluster(
                    actor=source.actor, target=live, reason=f"台账更正（第 {source.row} 行）", **said
                )
                return
            services.set_cluster(
                actor=source.actor,
                zone=book.zone,
                site=site,
                sector=sector,
                tag=wanted.tag,
                on=row.values["on"],
                evidence_note=wanted.evidence_note,
                **said,
                **source.entry,
            )

        if live is None:
            return Step(write, foresee)
        changes: dict[str, Sequence[Any]] = {
            key: [getattr(live, key), value] for key, value in said.items() if getattr(live, key) != value
        }
        return Step(write, foresee, changes, live.pk, is_known=True)


def _place(target: ClusterTarget) -> Place:
    return target.site_id, target.sector_id, target.tag
