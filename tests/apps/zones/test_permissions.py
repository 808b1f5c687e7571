"""The permission table cell by cell, and what it means through services and selectors."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests.factories import (
    make_department,
    make_lead,
    make_sector,
    make_site,
    make_unit,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.errors import NotAllowed, NotFound
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises.models import Site
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.models import Department, Membership, Role, Sector
from zhuchao.apps.zones.selectors import Thing, Verb

# Who may do what, as the office would write it down: V view, A add, C change, X void, G assign (give),
# I import, E export, R reveal, M manage. A cell with - is nothing at all.
MATRIX = """
                leader  promo.   steward  liaison  approver  clerk  analyst  auditor  admin    operator  member  public
zone            V       V        V        V        V         V      V        V        VACM     V         -       -
person          VR      VR       VR       VR       V         V      V        V        VACERM   -         -       -
department      V       V        V        V        V         V      V        V        VACM     -         -       -
duty            VAC     V        V        V        V         V      V        V        VACM     -         -       -
brand           V       V        V        V        V         V      V        V        VACM     V         V       V
alliance        V       V        V        V        V         V      V        V        VACM     -         -       -
sector          V       V        V        V        V         V      VM       V        VACM     -         -       -
enterprise      VE      VACIE    VACIE    VACIE    V         V      VACIE    VE       VACXGIE  -         -       -
contact         VR      VACR     VACR     VACR     -         V      -        V        VACER    -         -       -
filing          VE      V        V        VACXIE   -         -      VACXIE   VE       VACXGIE  -         -       -
firm_document   VE      -        -        VACXIE   VA        VAC    -        VE       VACXIE   -         -       -
site            VE      V        VACIE    V        V         -      VE       VE       VACXGIE  V         -       -
unit            VER     VR       VACXIER  V        V         -      VE       VER      VACXGIER VACER     -       -
revitalisation  VE      V        VACXIE   V        -         -      VACXIE   VE       VACXGIE  VAC       -       -
works           VE      V        VACXIE   V        -         -      VE       VE       VACXGIE  VAC       -       -
renewal         VE      V        VACXIE   V        -         -      VACXIE   VE       VACXGIE  V         -       -
relocation      VE      V        VACXIE   V        -         -      VACXIE   VE       VACXGIE  V         -       -
cluster         VE      V        V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
enclave         VE      V        V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
hold            VEM     VACXE    VACXIE   V        -         -      VE       VE       VACXGIEM VACXE     -       -
lease           VE      VA       VACXIE   V        -         -      VE       VE       VACXGIE  VACE      -       -
arrival         VE      VACXIE   VACXIE   V        -         -      VE       VE       VACXGIE  VACXE     -       -
lead            VEGM    VACXGIE  VAC      VA       -         -      VE       VE       VACXGIEM -         -       -
activity        VE      VACXIE   V        V        -         -      VE       VE       VACXGIE  -         -       -
chain           VE      VACIE    V        V        -         -      VE       VE       VACXGIE  -         -       -
placing         VACE    VACE     V        V        -         -      VE       VE       VACXGIE  -         -       -
project         VEGM    VACXGIE  V        V        V         V      VE       VE       VACXGIEM -         -       -
investment      VEM     VACXIE   V        V        -         -      VACXIEM  VE       VACXGIEM -         -       -
gate            VE      V        V        V        -         -      VACXE    VE       VACXGIE  -         -       -
inspection      VAE     VACXIE   VACE     VAC      V         -      VACXIE   VE       VACXGIE  -         -       -
bond            VE      VACXIE   V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
upgrade         VE      VACXIE   V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
green           VEM     VACXE    V        VA       V         V      VE       VE       VACXGIEM -         -       -
matter          VE      V        V        V        VAC       V      VE       VE       VACXGIEM -         -       -
procedure       VEM     VAC      V        V        V         V      VE       VE       VACXGIEM -         -       -
case            VEG     VACXGE   VA       VACE     V         VACE   VE       VE       VACXGIE  -         -       -
task            VE      V        V        V        VCE       VAE    VE       VE       VACXGIE  -         -       -
credit          VEM     V        V        V        VAC       V      VE       VE       VACXGIEM -         -       -
covenant        VEM     VACXIE   V        V        -         -      VE       VE       VACXGIEM -         -       -
policy          VEM     V        V        VACIEM   V         V      VE       VE       VACXGIEM -         -       -
outreach        VE      VACXIE   VACXIE   VACXIE   -         -      VE       VE       VACXGIE  -         -       -
application     VEM     V        V        VACXIEM  VAC       VAC    VE       VE       VACXGIEM -         -       -
payment         VEM     V        V        VACXIEM  -         -      VE       VE       VACXGIEM -         -       -
target          VE      V        V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
observation     VE      V        V        V        -         -      VACXIE   VE       VACXGIE  -         -       -
report          VAE     VAE      VAE      V        -         -      VAE      VE       VACXGIE  -         -       -
change_log      V       -        -        -        -         -      -        VE       VE       -         -       -
portal          V       VC       VC       V        -         -      V        V        VCM      -         -       -
enquiry         VR      VCR      V        VCR      -         -      V        V        VCR      -         -       -
firm_link       V       VAC      VAC      VAC      -         -      -        V        VAC      -         -       -
outbox          -       -        -        -        -         -      -        V        VM       -         -       -
"""
COLUMNS = {
    "leader": Role.LEADER,
    "promo.": Role.PROMOTION_OFFICER,
    "steward": Role.STEWARD,
    "liaison": Role.LIAISON,
    "approver": Role.APPROVER,
    "clerk": Role.WINDOW_CLERK,
    "analyst": Role.ANALYST,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
    "operator": Role.OPERATOR,
    "member": Role.ENTERPRISE_MEMBER,
    "public": Role.PUBLIC,
}
LETTERS = {
    "V": Verb.VIEW,
    "A": Verb.ADD,
    "C": Verb.CHANGE,
    "X": Verb.VOID,
    "G": Verb.ASSIGN,
    "I": Verb.IMPORT,
    "E": Verb.EXPORT,
    "R": Verb.REVEAL,
    "M": Verb.MANAGE,
}


def cells() -> dict[tuple[Role, Thing], set[Verb]]:
    """Read the matrix."""
    head, *lines = MATRIX.strip().splitlines()
    roles = [COLUMNS[name] for name in head.split()]
    found = {}
    for line in lines:
        thing, *letters = line.split()
        for role, cell in zip(roles, letters, strict=True):
            found[role, Thing(thing)] = {LETTERS[letter] for letter in cell if letter != "-"}
    return found


EXPECTED = cells()


def test_the_matrix_speaks_of_every_role_and_every_thing():
    assert set(EXPECTED) == {(role, thing) for role in Role for thing in Thing}
    assert set(LETTERS.values()) == set(Verb)


@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_table_is_as_written(role):
    found = {thing: {verb for verb in Verb if selectors.allowed(role, verb, thing)} for thing in Thing}
    assert found == {thing: EXPECTED[role, thing] for thing in Thing}


@pytest.mark.parametrize("role", Role)
def test_a_person_may_exactly_what_their_role_may(role):
    zone = make_zone()
    department = make_department(zone, kind=Department.Kind.DEVELOPER)
    actor = make_user(role, zone=zone, department=department)
    for thing in Thing:
        for verb in Verb:
            wanted = verb in EXPECTED[role, thing]
            assert selectors.may(actor, verb, thing, zone) is wanted
            assert (zone.pk in selectors.zone_ids(actor, verb, thing)) is wanted
            if wanted:
                selectors.require(actor, verb, thing, zone, own=department.pk)
            else:
                with pytest.raises(NotAllowed):
                    selectors.require(actor, verb, thing, zone, own=department.pk)


# One service for some verb of some thing; whoever lacks the cell is refused by the service itself and not by a page.
ACTS = {
    (Verb.ADD, Thing.DEPARTMENT): lambda actor, zone: services.add_department(
        actor=actor, zone=zone, kind=Department.Kind.OFFICE, name="招商办"
    ),
    (Verb.CHANGE, Thing.BRAND): lambda actor, zone: services.set_brand(
        actor=actor,
        zone=zone,
        seen_version=None,
        brand_name="平e",
        brand_slogan="",
        brand_colour="#1f6f5c",
        service_brands={},
    ),
    (Verb.MANAGE, Thing.SECTOR): lambda actor, zone: services.add_sector(
        actor=actor, zone=zone, name="数字创意"
    ),
    (Verb.MANAGE, Thing.ALLIANCE): lambda actor, zone: services.create_alliance(
        actor=actor, code="one-plus-five", name="1+5", lead_zone=zone
    ),
    (Verb.MANAGE, Thing.PERSON): lambda actor, zone: services.add_membership(
        actor=actor, zone=zone, person=make_user(Role.LIAISON, zone=zone), role=Role.STEWARD
    ),
    (Verb.ADD, Thing.DUTY): lambda actor, zone: services.add_shift(
        actor=actor, zone=zone, day=date(2026, 12, 1), officer=make_user(Role.LIAISON, zone=zone)
    ),
    (Verb.ADD, Thing.ZONE): lambda actor, zone: services.add_zone(
        actor=actor, code="below", name="下级", short_name="下", kind="park", parent=zone
    ),
    (Verb.REVEAL, Thing.PERSON): lambda actor, zone: services.reveal_phone(
        actor=actor, person=make_user(Role.LIAISON, zone=zone, phone="13812345678")
    ),
}


@pytest.mark.parametrize(("verb", "thing"), ACTS)
@pytest.mark.parametrize("role", Role)
def test_a_service_does_it_for_those_who_may_and_for_nobody_else(role, verb, thing):
    zone = make_zone()
    actor = make_user(role, zone=zone, department=make_department(zone))
    if verb in EXPECTED[role, thing]:
        ACTS[verb, thing](actor, zone)
        assert Change.objects.filter(actor=actor).exists()
    else:
        with pytest.raises(NotAllowed):
            ACTS[verb, thing](actor, zone)
        assert not Change.objects.exists()


@pytest.mark.parametrize(("verb", "thing"), ACTS)
def test_a_service_answers_a_stranger_as_if_there_were_nothing(verb, thing):
    stranger = make_user(Role.ADMINISTRATOR)
    with pytest.raises((NotFound, NotAllowed)):
        ACTS[verb, thing](stranger, make_zone())


def test_somebody_who_is_not_signed_in_sees_and_may_nothing():
    zone = make_zone()
    make_sector(zone)
    nobody = AnonymousUser()
    assert not selectors.in_zones(Sector.objects.all(), nobody, Thing.SECTOR).exists()
    assert not selectors.may(nobody, Verb.VIEW, Thing.ZONE, zone)
    assert selectors.visible_zones(nobody).count() == 0
    with pytest.raises(NotFound):
        selectors.require(nobody, Verb.VIEW, Thing.ZONE, zone)


def test_a_closed_account_sees_and_may_nothing():
    zone = make_zone()
    actor = make_user(Role.ADMINISTRATOR, zone=zone, is_active=False)
    assert selectors.roles_of(actor, zone.pk) == frozenset()
    assert not selectors.may(actor, Verb.VIEW, Thing.ZONE, zone)


def test_the_system_itself_sees_and_may_everything():
    zone = make_zone()
    make_sector(zone)
    assert selectors.may(None, Verb.MANAGE, Thing.PERSON, zone)
    assert selectors.in_zones(Sector.objects.all(), None, Thing.SECTOR).count() == 1
    assert selectors.get_zone(None, zone.code) == zone
    selectors.require(None, Verb.VOID, Thing.LEAD, zone)


def test_a_role_in_a_zone_holds_in_every_zone_below_it_and_in_none_above():
    city = make_zone()
    district = make_zone(parent=city)
    street = make_zone(parent=district)
    beside = make_zone()
    actor = make_user(Role.LEADER, zone=district)
    assert selectors.roles_of(actor, street.pk) == {Role.LEADER}
    assert selectors.roles_of(actor, city.pk) == frozenset()
    assert selectors.roles_of(actor, beside.pk) == frozenset()
    assert set(selectors.visible_zones(actor)) == {district, street}
    assert selectors.zones_under(actor, district, Thing.LEAD) == sorted([district.pk, street.pk])


def test_the_highest_zone_comes_first_on_every_database():
    city = make_zone()
    street = make_zone(parent=city)
    actor = make_user(Role.LEADER, zone=street)
    Membership.objects.create(user=actor, zone=city, role=Role.ANALYST, since=date(2000, 1, 1))
    assert selectors.home_zone(actor) == city


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (-10, None, True),
        (0, 0, True),
        (-10, -1, False),
        (1, None, False),
    ],
)
def test_a_role_holds_from_its_first_day_to_its_last_and_ended_yesterday_it_does_not(since, until, holds):
    zone, today = make_zone(), timezone.localdate()
    actor = make_user()
    Membership.objects.create(
        user=actor,
        zone=zone,
        role=Role.LEADER,
        since=today + timedelta(days=since),
        until=None if until is None else today + timedelta(days=until),
    )
    assert selectors.may(actor, Verb.VIEW, Thing.ZONE, zone) is holds


def test_what_somebody_may_is_read_once_and_again_after_it_changed(django_assert_num_queries):
    zone = make_zone()
    actor = make_user(Role.LEADER, zone=zone)
    with django_assert_num_queries(2):  # memberships, tree
        for thing in Thing:
            selectors.may(actor, Verb.VIEW, thing, zone)
    assert not selectors.may(actor, Verb.ADD, Thing.LEAD, zone)
    services.add_membership(actor=None, zone=zone, person=actor, role=Role.PROMOTION_OFFICER)
    assert selectors.may(actor, Verb.ADD, Thing.LEAD, zone)


@pytest.fixture
def developer():
    """A developer with a site in a zone where another developer has one too."""
    zone = make_zone()
    own = make_department(zone, kind=Department.Kind.DEVELOPER)
    other = make_department(zone, kind=Department.Kind.DEVELOPER)
    actor = make_user(Role.OPERATOR, zone=zone, department=own)
    return zone, actor, make_site(zone, operator=own), make_site(zone, operator=other)


@pytest.mark.document("1-52")
def test_a_developer_sees_own_plots_only(developer):
    zone, actor, own_site, other_site = developer
    own_unit, _other_unit, orphan = make_unit(own_site), make_unit(other_site), make_site(zone)
    assert list(selectors.in_zones(Site.objects.all(), actor, Thing.SITE, own="operator")) == [own_site]
    units = selectors.in_zones(type(own_unit).objects.all(), actor, Thing.UNIT, own="site__operator")
    assert list(units) == [own_unit]
    assert orphan not in selectors.in_zones(Site.objects.all(), actor, Thing.SITE, own="operator")


@pytest.mark.document("1-52")
def test_the_pages_show_a_developer_own_plots_only(developer, client):
    zone, actor, own_site, other_site = developer
    signed_in(client, actor)
    assert client.get(f"/premises/{own_site.pk}/").status_code == 200
    assert client.get(f"/premises/{other_site.pk}/").status_code == 404
    page = client.get("/premises/").content.decode()
    assert own_site.name in page
    assert other_site.name not in page
    lead = make_lead(zone)
    assert lead.name not in client.get("/leads/").content.decode()
    assert client.get(f"/leads/{lead.pk}/").status_code == 404


def test_a_role_narrowed_to_its_own_sees_nothing_where_the_rows_do_not_say_whose_they_are(developer):
    _zone, actor, *_sites = developer
    assert not selectors.in_zones(Site.objects.all(), actor, Thing.SITE).exists()
    assert selectors.zone_ids(actor, Verb.VIEW, Thing.SITE, whole=True) == frozenset()


def test_a_role_narrowed_to_its_own_may_write_there_and_nowhere_else(developer):
    zone, actor, own_site, other_site = developer
    selectors.require(actor, Verb.ADD, Thing.UNIT, zone, own=own_site.operator_id)
    for elsewhere in (other_site.operator_id, None):
        with pytest.raises(NotFound):
            selectors.require(actor, Verb.ADD, Thing.UNIT, zone, own=elsewhere)
    with pytest.raises(NotFound):
        selectors.require(actor, Verb.ADD, Thing.UNIT, zone)


def test_a_member_of_a_developer_in_another_role_is_no_operator_of_it(developer):
    zone, _actor, own_site, _other = developer
    clerk = make_user(Role.WINDOW_CLERK, zone=zone, department=own_site.operator)
    assert not selectors.in_zones(Site.objects.all(), clerk, Thing.SITE, own="operator").exists()
