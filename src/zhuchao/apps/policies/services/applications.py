"""Applications: begun for a firm with what is known filled in, edited until they are handed in."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, check_version, index_rows, record_change, save_record
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import AppliedAlready, NotOpen, WrongApplicationState
from ..models import CLOSED, Application, ApplicationState, ApplicationStep, PolicyVersion
from ..selectors.applications import THING, prefilled
from ..selectors.terms import terms_of, why_not_open
from .policies import locked

FACTS = frozenset({"requested_cny", "account", "contact", "note"})
MOST_CNY = Decimal(10) ** 12


@transaction.atomic
def draft_application(
    *,
    actor: User | None,
    version: PolicyVersion,
    enterprise: Enterprise,
    project: Project | None = None,
    on: date | None = None,
    number: str = "",
    officer: User | None = None,
    **facts: Any,
) -> Application:
    """Begin the application of a firm, or of its project, for a version of a policy on a day (today).

    ``facts``: requested_cny (yuan), account, contact, note; what is not said is filled in with what is known.
    Raises NotOpen outside the window or for a version that does not hold, AppliedAlready, WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.APPLICATION, version.zone)
    # The zone's row is what two people who take the next number race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=version.zone_id)
    policy = locked(version.policy_id)
    firm = survivor_of(enterprise)
    if firm.zone_id != zone.pk:
        raise WrongInput(field=_("企业"), why=_("请填写本辖区已登记的企业。"))
    if project is not None and (
        project.zone_id != zone.pk or project.enterprise_id not in (firm.pk, enterprise.pk)
    ):
        raise WrongInput(field=_("项目"), why=_("不是这家企业的项目。"))
    day = on or zones.today(zone)
    if day > zones.today(zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    why = why_not_open(version, day)
    if why:
        raise NotOpen(policy=policy.title, on=day.isoformat(), why=why)
    refuse_applied(version, firm, project)
    known = prefilled(actor, version, firm)
    said = known | {name: value for name, value in facts.items() if value not in (None, "")}
    application = Application(
        zone=zone,
        policy=policy,
        version_of=version,
        enterprise=firm,
        project=project,
        number=_number(zone, number, day),
        way=terms_of(version).mode,
        state_since=day,
        prepared_by=officer or actor,
        **checked_application(said),
    )
    application.save(force_insert=True)
    step = ApplicationStep(
        zone=zone,
        application=application,
        kind=ApplicationStep.Kind.DRAFT,
        state=ApplicationState.DRAFT,
        officer=officer or actor,
        happened_on=day,
    )
    add_entry(step, actor=actor, at=zones.now(zone))
    index_applications([application.pk])
    record_change(
        actor=actor,
        verb="draft_application",
        rows=[application, policy],
        scope=zone.pk,
        enterprise=firm.pk,
        number=application.number,
    )
    return application


@transaction.atomic
def change_application(
    *, actor: User | None, application: Application, version: int | None, **values: Any
) -> Application:
    """Edit what an application says, while it is a draft or was returned for correction.

    Raises WrongApplicationState, Stale with both versions, and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.APPLICATION, application.zone)
    application = locked_application(application.pk)
    if application.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        raise WrongApplicationState(
            number=application.number, state=application.get_state_display(), step=_("修改")
        )
    check_version(application, version, yours=values)
    changed = save_record(application, **checked_application(values))
    if changed:
        record_change(
            actor=actor,
            verb="change",
            rows=[application],
            scope=application.zone_id,
            changed=changed,
        )
    return application


def locked_application(pk: int) -> Application:
    """Return an application with its row locked: what everybody who takes a step of it races for."""
    rows = Application.objects.select_related(
        "zone", "policy__zone", "version_of__policy__zone", "version_of__zone", "enterprise__zone", "project"
    )
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def refuse_applied(version: PolicyVersion, firm: Enterprise, project: Project | None) -> None:
    """Refuse a second open application of a firm, or of its project, for a version; raises AppliedAlready."""
    rows = Application.objects.filter(version_of=version, enterprise=firm, project=project)
    known = rows.exclude(state__in=CLOSED).first()
    if known is not None:
        raise AppliedAlready(
            who=str(project or firm),
            policy=version.policy.title,
            number=known.number,
            state=known.get_state_display(),
            pk=known.pk,
        )


def checked_application(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts of an application as they are kept; raises WrongInput. Reads only."""
    unknown = facts.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of an application: {sorted(unknown)}")
    amount = facts.get("requested_cny")
    if amount is not None and not 0 < amount < MOST_CNY:
        raise WrongInput(field=_("申请金额"), why=_("必须大于 0。"))
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }


def _number(zone: Zone, number: str, day: date) -> str:
    """Return the number said, or the next of the year: SB2023-0001."""
    said = number.strip()
    if said:
        if Application.objects.filter(zone=zone, number=said).exists():
            raise WrongInput(field=_("申报编号"), why=_("“%(number)s”已用过。") % {"number": said})
        return said
    head = f"SB{day.year}-"
    taken = Application.objects.filter(zone=zone, number__startswith=head).values_list("number", flat=True)
    last = max((int(one.removeprefix(head)) for one in taken if one.removeprefix(head).isdigit()), default=0)
    return f"{head}{last + 1:04d}"


def index_applications(application_ids: Iterable[int]) -> None:
    """Put applications into the index under number, firm, policy and project."""
    rows = Application.objects.filter(pk__in=list(application_ids))
    index_rows(
        THING,
        [
            Findable(
                row.pk,
                row.zone_id,
                row.enterprise.name,
                detail=row.policy.title,
                code=row.number,
                words=(row.policy.title, row.project.name if row.project else ""),
            )
            for row in rows.select_related("enterprise", "policy", "project")
        ],
    )


SOURCE = Source(THING, Application.objects.all, index_applications)
"""The applications that can be found, so that the index can be made again from them."""
