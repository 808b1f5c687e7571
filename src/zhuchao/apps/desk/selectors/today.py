"""今日: what is overdue, due or red for one person in one zone, each with why and the way to it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.models import ImportBatch, Job
from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.enterprises.selectors.vault import expiring_documents
from zhuchao.apps.indicators import selectors as indicators
from zhuchao.apps.indicators.selectors import Figure
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.premises.selectors import clusters, relocations, works
from zhuchao.apps.projects import selectors as projects
from zhuchao.apps.projects.models import Stage
from zhuchao.apps.promotion import selectors as promotion
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb, duty
from zhuchao.engines.units import show_percent

from ..models import Snooze
from .application_cards import application_cards
from .backing_cards import backing_cards
from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due
from .case_cards import case_cards
from .covenant_cards import covenant_cards
from .light_cards import light_cards
from .matter_cards import matter_cards
from .policy_cards import policy_cards
from .project_cards import project_cards

Gatherer = Callable[[User, Zone, date], Iterable[Card]]
_gatherers: list[Gatherer] = []


def register_cards(gatherer: Gatherer) -> None:
    """Add what an app above the desk has due for a person in a zone on a day; an app does so once, in ``ready``."""
    if gatherer not in _gatherers:
        _gatherers.append(gatherer)


def cards_for(actor: User, zone: Zone) -> tuple[list[Card], list[Figure]]:
    """Return the cards of a person in a zone, most urgent first, and the zone's figures of the month.

    What the person put off is left out until its day.
    """
    on = zones.today(zone)
    figures = _figures(actor, zone, on)
    snoozed = set(Snooze.objects.filter(user=actor, until__gt=on).values_list("key", flat=True))
    cards = [
        *_leads(actor, zone, on),
        *_dormant_leads(actor, zone, on),
        *_referrals(actor, zone, on),
        *_disputes(actor, zone),
        *_viewings(actor, zone, on),
        *_month_without_signing(actor, zone, on),
        *_milestones(actor, zone, on),
        *_red_figures(zone, figures, on),
        *_sites(actor, zone),
        *_works(actor, zone, on),
        *_holds(actor, zone, on),
        *_lease_ends(actor, zone, on),
        *_signings(actor, zone, on),
        *_arrivals(actor, zone, on),
        *_relocations(actor, zone, on),
        *_clusters(actor, zone, on),
        *_documents(actor, zone, on),
        *backing_cards(actor, zone, on),
        *project_cards(actor, zone, on),
        *policy_cards(actor, zone, on),
        *matter_cards(actor, zone, on),
        *application_cards(actor, zone, on),
        *case_cards(actor, zone, on),
        *covenant_cards(actor, zone, on),
        *light_cards(actor, zone, on),
        *_duty(actor, zone, on),
        *_imports(actor, zone),
        *(card for gather in _gatherers for card in gather(actor, zone, on)),
    ]
    order = list(Urgency)
    kept = [card for card in cards if card.key not in snoozed]
    kept.sort(key=lambda card: (order.index(card.urgency), card.day or date.max, card.key))
    return kept, figures


def _figures(actor: User, zone: Zone, on: date) -> list[Figure]:
    if not zones.may(actor, Verb.VIEW, Thing.TARGET, zone):
        return []
    # In the first days of a month people look at the month that has just closed.
    last_month = on.replace(day=1) - timedelta(days=1)
    month = last_month if on.month != 1 else on
    return indicators.figures_of(actor, zone, month=indicators.month_end(f"{month.year}-{month.month}"))


def _leads(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    rows = promotion.visible_leads(actor).filter(
        zone__in=zones.zones_under(actor, zone, Thing.LEAD),
        next_action_on__lte=on + timedelta(days=7),
    )
    rows = rows.exclude(stage__in=promotion.CLOSED)
    if Role.LEADER not in zones.roles_of(actor, zone.pk) and rows.filter(owner=actor).exists():
        rows = rows.filter(owner=actor)
    for lead in rows.select_related("owner").order_by("next_action_on", "pk")[:MOST_OF_A_KIND]:
        day = lead.next_action_on
        if day is None:
            continue
        who = lead.owner.display_name if lead.owner else _("无责任人")
        yield Card(
            key=f"lead:{lead.pk}",
            urgency=urgency_of(day, on),
            title=labelled(lead.name, lead.next_action or _("联系项目方")),
            why=clauses((when_due(day, on), lead.get_stage_display(), who)),
            url=reverse("lead-detail", args=[lead.pk]),
            verb=_("去跟进"),
            day=day,
            kind=_("招商"),
            light="red" if day < on else "amber" if day == on else "none",
        )


def _dormant_leads(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give one card for all leads that lie still before this person: a longer list belongs on its own page."""
    rows = promotion.leads_of(actor, zone)
    found = promotion.dormant_before(actor, zone, promotion.dormant_leads(rows, on))
    if not found:
        return
    worst = found[0]
    falling = sum(one.level == "pool" for one in found)
    said = ngettext("%(n)d 条线索久未跟进", "%(n)d 条线索久未跟进", len(found)) % {"n": len(found)}
    longest = _("最久的是%(lead)s，%(days)d 个工作日") % {
        "lead": worst.lead.name,
        "days": worst.working_days,
    }
    lapses = (
        ngettext("%(n)d 条到了退回公海的期限", "%(n)d 条到了退回公海的期限", falling) % {"n": falling}
        if falling
        else ""
    )
    yield Card(
        key=f"dormant:{zone.pk}:{on:%Y%m%d}",
        urgency=Urgency.OVERDUE if falling else Urgency.WEEK,
        title=said,
        why=clauses(part for part in (longest, lapses) if part),
        url=reverse("lead-list") + "?due=dormant",
        verb=_("去跟进"),
        kind=_("招商"),
        light="red" if falling else "amber",
    )


def _referrals(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give a card for each lead between parks that waits: to whom it is to answer, and to who waits for the answer."""
    ids = set(zones.zones_under(actor, zone, Thing.LEAD))
    for row in promotion.open_referrals(actor, zone)[:MOST_OF_A_KIND]:
        answers = row.to_zone_id in ids and zones.may(actor, Verb.ADD, Thing.LEAD, row.to_zone_id)
        waits = row.zone_id in ids and zones.may(actor, Verb.ASSIGN, Thing.LEAD, row.zone_id)
        if not answers and not waits:
            continue
        yield Card(
            key=f"referral:{row.pk}",
            urgency=urgency_of(row.due_on, on) if answers or row.due_on < on else Urgency.WAITING,
            title=_("%(zone)s转来%(lead)s，等您答复") % {"zone": row.zone.short_name, "lead": row.lead.name}
            if answers
            else _("%(lead)s转给%(zone)s，等待答复")
            % {"zone": row.to_zone.short_name, "lead": row.lead.name},
            why=clauses((when_due(row.due_on, on), _("须在 5 个工作日内接收或谢绝"))),
            url=reverse("referral-detail", args=[row.pk]),
            verb=_("去答复") if answers else _("看转介"),
            day=row.due_on,
            kind=_("招商"),
            light="red" if row.due_on < on else "none",
        )


def _disputes(actor: User, zone: Zone) -> Iterator[Card]:
    for row in promotion.open_disputes(actor, zone)[:MOST_OF_A_KIND]:
        if zones.may(actor, Verb.MANAGE, Thing.LEAD, row.zone_id) and row.claimant_id != actor.pk:
            yield Card(
                key=f"dispute:{row.pk}",
                urgency=Urgency.TODAY,
                title=_("%(lead)s的首招争议等待裁定") % {"lead": row.lead.name},
                why=_("%(who)s于 %(day)s 提出") % {"who": row.claimant, "day": row.raised_on.isoformat()},
                url=reverse("dispute-detail", args=[row.pk]),
                verb=_("去裁定"),
                kind=_("招商"),
                light="amber",
            )


def _viewings(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    rows = promotion.viewings_overdue(actor, zones.zones_under(actor, zone, Thing.LEAD), on)
    if Role.LEADER not in zones.roles_of(actor, zone.pk):
        rows = rows.filter(Q(escort=actor) | Q(lead__owner=actor))
    for viewing in rows[:MOST_OF_A_KIND]:
        yield Card(
            key=f"viewing:{viewing.pk}",
            urgency=Urgency.OVERDUE,
            title=_("%(lead)s踏勘没有填写结果") % {"lead": viewing.lead},
            why=clauses((when_due(viewing.on, on), viewing.escort)),
            url=reverse("viewing-outcome", args=[viewing.pk]),
            verb=_("填写结果"),
            day=viewing.on,
            kind=_("招商"),
            light="red",
        )


def _month_without_signing(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give leader and office a card where a month nears its end without a signing (月月有签约)."""
    if not zones.roles_of(actor, zone.pk) & {Role.LEADER, Role.PROMOTION_OFFICER, Role.ADMINISTRATOR}:
        return
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    if not promotion.leads_of(actor, zone).exists() or not promotion.month_is_without_signing(ids, on):
        return
    yield Card(
        key=f"signing:{zone.pk}:{on:%Y%m}",
        urgency=Urgency.TODAY,
        title=_("本月还没有签约"),
        why=_("月月有签约：到 %(day)s 本月签约 0 个") % {"day": f"{on:%m-%d}"},
        url=reverse("promotion-month"),
        verb=_("看日历"),
        day=on,
        kind=_("招商"),
        light="red",
    )


def _milestones(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    rows = projects.visible_milestones(actor).filter(
        zone__in=zones.zones_under(actor, zone, Thing.PROJECT),
        met_on__isnull=True,
        planned_on__lte=on + timedelta(days=7),
    )
    for row in rows.order_by("planned_on", "pk")[:MOST_OF_A_KIND]:
        yield Card(
            key=f"milestone:{row.pk}",
            urgency=urgency_of(row.planned_on, on),
            title=labelled(row.project.name, row.name),
            why=clauses(
                (
                    when_due(row.planned_on, on),
                    _("计划%(stage)s") % {"stage": Stage(row.stage).label} if row.stage else _("计划节点"),
                )
            ),
            url=reverse("project-detail", args=[row.project_id]),
            verb=_("看项目"),
            day=row.planned_on,
            kind=_("项目"),
            light="red" if row.planned_on < on else "none",
        )


def _red_figures(zone: Zone, figures: list[Figure], on: date) -> Iterator[Card]:
    for figure in figures:
        target = figure.main_target
        if figure.light != "red" or target is None:
            continue
        yield Card(
            key=f"figure:{zone.pk}:{figure.code}:{figure.end:%Y%m}",
            urgency=Urgency.WEEK,
            title=_("%(name)s落后于时序进度") % {"name": figure.indicator.title},
            why=_("完成 %(done)s，时序进度 %(time)s")
            % {"done": show_percent(target.completion.ratio), "time": show_percent(target.progress)},
            url=reverse("figure-detail", args=[figure.code]) + f"?month={figure.end:%Y-%m}",
            verb=_("看明细"),
            kind=_("指标"),
            light="red",
        )


def _sites(actor: User, zone: Zone) -> Iterator[Card]:
    if not zones.may(actor, Verb.CHANGE, Thing.SITE, zone) and Role.LEADER not in zones.roles_of(
        actor, zone.pk
    ):
        return
    for site in premises.sites_without_steward(actor, zone)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"steward:{site.pk}",
            urgency=Urgency.OVERDUE,
            title=_("%(site)s没有园长") % {"site": site.name},
            why=_("一载体一园长：每个载体须有一名负责人"),
            url=reverse("site-detail", args=[site.pk]),
            verb=_("去指定"),
            kind=_("载体"),
            light="red",
        )


def _works(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    for row in works.slipped_works(actor, zone, on)[:MOST_OF_A_KIND]:
        if row.started_on is None:
            why = _("计划 %(month)s 开工，至今未开工") % {"month": f"{row.planned_start_on:%Y-%m}"}
        else:
            why = _("计划 %(day)s 竣工，至今未竣工") % {"day": row.planned_end_on.isoformat()}
        yield Card(
            key=f"works:{row.pk}:{on:%Y%m}",
            urgency=Urgency.OVERDUE,
            title=_("%(works)s已延期") % {"works": row.name},
            why=clauses((why, row.site.name)),
            url=reverse("works-detail", args=[row.pk]),
            verb=_("去登记进度"),
            kind=_("载体"),
            light="red",
        )


def _holds(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    if not zones.may(actor, Verb.CHANGE, Thing.HOLD, zone) and Role.LEADER not in zones.roles_of(
        actor, zone.pk
    ):
        return
    for hold in premises.holds_ending(actor, zone, on)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"hold:{hold.pk}:{hold.until:%Y%m%d}",
            urgency=urgency_of(hold.until, on),
            title=_("%(who)s的预留即将到期") % {"who": hold.held_for},
            why=clauses((when_due(hold.until, on), str(hold.site), _("次日自动释放"))),
            url=reverse("hold-detail", args=[hold.pk]),
            verb=_("看预留"),
            day=hold.until,
            kind=_("载体"),
            light="amber",
        )


def _lease_ends(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    if not zones.may(actor, Verb.CHANGE, Thing.LEASE, zone) and Role.LEADER not in zones.roles_of(
        actor, zone.pk
    ):
        return
    for lease in premises.leases_ending(actor, zone, on)[:MOST_OF_A_KIND]:
        days = premises.reminder_of(lease, on)
        yield Card(
            # The reminder of 60 days is another one than that of 90: putting one off does not put off the next.
            key=f"lease:{lease.pk}:{days}",
            urgency=urgency_of(lease.last_on, on),
            title=_("%(who)s的租约 %(days)d 天内到期") % {"who": lease.tenant_name, "days": days},
            why=clauses((when_due(lease.last_on, on), str(lease.site), lease.number)),
            url=reverse("lease-detail", args=[lease.pk]),
            verb=_("看租约"),
            day=lease.last_on,
            kind=_("载体"),
            light="amber" if days == premises.REMINDED_DAYS[0] else "none",
        )


def _signings(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    if not zones.may(actor, Verb.ADD, Thing.LEASE, zone):
        return
    for signing in premises.signings_awaiting(actor, zone)[:MOST_OF_A_KIND]:
        due = signing.happened_on + premises.LEASE_WITHIN
        yield Card(
            key=f"signing:{signing.pk}",
            urgency=urgency_of(due, on),
            title=_("%(who)s已签约，租约还没登记") % {"who": signing.signed_for},
            why=clauses(
                (
                    _("%(day)s 签约") % {"day": signing.happened_on.isoformat()},
                    str(signing.site),
                    signing.evidence_note,
                )
            ),
            url=f"{reverse('lease-add')}?signing={signing.pk}",
            verb=_("登记租约"),
            day=due,
            kind=_("载体"),
            light="amber" if on > due else "none",
        )


def _arrivals(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    for arrival in premises.arrivals_due(actor, zone, on)[:MOST_OF_A_KIND]:
        late = arrival.is_overdue(on)
        month = f"{arrival.expected_month:%Y-%m}"
        yield Card(
            key=f"arrival:{arrival.pk}:{month}",
            urgency=Urgency.OVERDUE if late else Urgency.WEEK,
            title=(_("%(who)s应已引进") if late else _("%(who)s本月引进")) % {"who": arrival.who},
            why=clauses((_("计划 %(month)s") % {"month": month}, str(arrival.place))),
            url=reverse("arrival-change", args=[arrival.pk]),
            verb=_("看计划"),
            day=arrival.expected_month,
            kind=_("载体"),
            light="red" if late else "none",
        )


def _relocations(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    for scheme, late, first in relocations.late_schemes(actor, zone, on)[:MOST_OF_A_KIND]:
        yield Card(
            # A scheme put off comes back when more of it is late, and every month.
            key=f"relocation:{scheme.pk}:{late}:{on:%Y%m}",
            urgency=Urgency.OVERDUE,
            title=ngettext("%(scheme)s有 %(n)d 户逾期", "%(scheme)s有 %(n)d 户逾期", late)
            % {"scheme": scheme.name, "n": late},
            why=clauses(
                (
                    _("最早应于 %(day)s 完成") % {"day": first.isoformat()},
                    _("整体进度按“%(step)s”计") % {"step": scheme.get_counted_step_display()},
                )
            ),
            url=reverse("relocation-detail", args=[scheme.pk]),
            verb=_("看征迁进度"),
            day=first,
            kind=_("载体"),
            light="red",
        )


def _clusters(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give those who set the targets and their leader a card where one will be missed by what is known."""
    if not zones.may(actor, Verb.CHANGE, Thing.CLUSTER, zone) and Role.LEADER not in zones.roles_of(
        actor, zone.pk
    ):
        return
    for standing in clusters.short_clusters(actor, zone, on)[:MOST_OF_A_KIND]:
        target, forecast = standing.target, standing.forecast
        yield Card(
            key=f"cluster:{target.pk}:{on:%Y%m}",
            urgency=Urgency.OVERDUE if target.deadline < on else Urgency.WEEK,
            title=_("%(target)s，缺 %(gap)d 家") % {"target": target, "gap": forecast.gap},
            why=clauses(
                (
                    _("已有 %(n)d 家，截至 %(day)s")
                    % {"n": standing.now, "day": target.deadline.isoformat()},
                    "" if forecast.expected is None else _("预计 %(n)d 家") % {"n": forecast.expected},
                )
            ),
            url=reverse("cluster-detail", args=[target.pk]),
            verb=_("看补缺清单"),
            day=target.deadline,
            kind=_("载体"),
            light="red",
        )


def _documents(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give those who keep the vault a card for each document that ends within 30 days or has just ended."""
    if not zones.may(actor, Verb.CHANGE, Thing.FIRM_DOCUMENT, zone):
        return
    for document in expiring_documents(actor, zone, on)[:MOST_OF_A_KIND]:
        day = document.valid_to
        if day is None:
            continue
        yield Card(
            key=f"document:{document.pk}:{day:%Y%m%d}",
            urgency=urgency_of(day, on),
            title=(_("%(firm)s的%(document)s已过期") if day < on else _("%(firm)s的%(document)s即将到期"))
            % {"firm": document.enterprise.name, "document": document.get_kind_display()},
            why=clauses((when_due(day, on), document.number, _("请企业换发后在材料库换新"))),
            url=reverse("firm-document-detail", args=[document.pk]),
            verb=_("去换新"),
            day=day,
            kind=_("企业"),
            light="red" if day < on else "amber",
        )


def _duty(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    if not zones.may(actor, Verb.CHANGE, Thing.DUTY, zone):
        return
    if not duty.visible_shifts(actor).filter(zone=zone).exists():
        return  # a zone that keeps no roster has no gaps in it
    gaps = duty.gaps(zone, on, on + timedelta(days=14))
    if gaps:
        yield Card(
            key=f"duty:{zone.pk}:{gaps[0]:%Y%m%d}",
            urgency=urgency_of(gaps[0], on),
            title=ngettext("值班表有 %(n)d 天没有人", "值班表有 %(n)d 天没有人", len(gaps))
            % {"n": len(gaps)},
            why=_("最早是 %(day)s；365天天帮要求每天有人值班") % {"day": f"{gaps[0]:%m-%d}"},
            url=reverse("duty-month"),
            verb=_("去排班"),
            day=gaps[0],
            kind=_("值班"),
            light="amber",
        )


def _imports(actor: User, zone: Zone) -> Iterator[Card]:
    waiting = ImportBatch.objects.filter(scope=zone.pk, created_by=actor, state=ImportBatch.State.TRIED)
    for batch in waiting.select_related("attachment").order_by("-pk")[:5]:
        yield Card(
            key=f"import:{batch.pk}",
            urgency=Urgency.WAITING,
            title=_("%(file)s 还没有确认导入") % {"file": batch.attachment.name},
            why=_("已试算，等您确认"),
            url=reverse("import-try", args=[batch.pk]),
            verb=_("去确认"),
            kind=_("导入"),
        )
    failed = Job.objects.filter(scope=zone.pk, created_by=actor, state=Job.State.FAILED)
    for job in failed.order_by("-pk")[:5]:
        yield Card(
            key=f"job:{job.pk}",
            urgency=Urgency.WAITING,
            title=_("%(title)s没有完成") % {"title": job.title},
            why=str(job.problem.get("message", "")) or _("没有写入任何数据"),
            url=reverse("job-detail", args=[job.pk]),
            verb=_("看原因"),
            kind=_("任务"),
            light="red",
        )
