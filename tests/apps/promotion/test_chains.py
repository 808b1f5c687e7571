"""Industry chains: nodes, gaps, anchors and their suppliers, leads on nodes, and how whole a chain is."""

import pytest

from tests.factories import make_enterprise, make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Chain, ChainNode, ChainPlace, SupplyLink
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def chain(zone, officer):
    chain = services.add_chain(actor=officer, zone=zone, name="新能源新材料")
    for name, tier in (("正极材料", "up"), ("隔膜", "up"), ("电芯", "mid"), ("整车", "down")):
        services.add_node(actor=officer, chain=chain, name=name, tier=tier)
    return chain


@pytest.fixture
def put(officer, chain):
    def run(node, *firms, **values):
        return services.place_on_chain(
            actor=officer, node=ChainNode.objects.get(chain=chain, name=node), firms=firms, **values
        )

    return run


def view(chain):
    return selectors.chain_views(Chain.objects.filter(pk=chain.pk))[0]


@pytest.mark.document("0-07")
def test_a_chain_lists_firms_up_and_down_the_stream_and_the_missing_nodes(client, officer, chain, put):
    firm = make_enterprise(chain.zone, name="示例正极材料有限公司", normal_name="示例正极材料")
    (anchor,) = put("整车", "示例新能源汽车有限公司", are_anchors=True)
    (supplier,) = put("正极材料", "示例正极材料有限公司")
    services.link_supplier(actor=officer, anchor=anchor, supplier=supplier)
    services.link_supplier(actor=officer, anchor=anchor, supplier=supplier)
    assert supplier.enterprise == firm
    shown = view(chain)
    assert [one.node.name for one in shown.gaps] == ["隔膜", "电芯"]
    assert [(link.anchor, link.supplier) for link in shown.links] == [(anchor, supplier)]
    words = signed_in(client, officer).get(f"/chains/{chain.pk}/").content.decode()
    for word in ("上游", "中游", "下游", "缺链", "链主", "示例新能源汽车有限公司", "缺 2 个"):
        assert word in words


@pytest.mark.document("1-04")
def test_gaps_are_listed_for_each_chain_and_leads_on_the_chains_are_counted(
    client, zone, officer, chain, put
):
    leads = [make_lead(zone, name=f"项目{n}") for n in range(4)]
    make_lead(zone, name="已签", stage="signed")
    put("隔膜", leads=leads[:2])
    put("电芯", leads=leads[1:3])
    for name in ("电子信息", "精密机械"):
        other = services.add_chain(actor=officer, zone=zone, name=name)
        services.add_node(actor=officer, chain=other, name=f"{name}检测", tier="mid")
    found = selectors.leads_on_chains([zone.pk])
    assert (found.part, found.whole, found.ratio) == (3, 4, 0.75)
    assert selectors.leads_on_chains([zone.pk], [other]).part == 0
    assert len(view(chain).gaps) == 4, "a lead closes no gap before it is a firm"
    words = signed_in(client, officer).get("/chains/").content.decode()
    for word in ("新能源新材料", "电子信息检测", "精密机械检测", "隔膜", "在链线索 3 条", "75"):
        assert word in words


@pytest.mark.document("2-07")
def test_completeness_is_the_share_of_nodes_with_a_firm(chain, put):
    assert view(chain).completeness.ratio == 0
    put("正极材料", "甲材料有限公司", "乙材料有限公司")
    put("电芯", "丙能源有限公司")
    shown = view(chain).completeness
    assert (shown.part, shown.whole, shown.ratio) == (2, 4, 0.5)
    services.take_off_chain(actor=None, place=ChainPlace.objects.get(name="丙能源有限公司"))
    assert view(chain).completeness.ratio == 0.25


def test_nobody_stands_on_a_node_twice(put, zone):
    lead = make_lead(zone)
    put("电芯", "丙能源有限公司", leads=[lead])
    assert put("电芯", " 丙能源有限公司 ", leads=[lead]) == []
    (anchor,) = put("电芯", "丙能源有限公司", are_anchors=True)
    assert anchor.is_anchor
    assert ChainPlace.objects.count() == 2


def test_what_is_no_chain_is_refused(zone, officer, chain, put):
    with pytest.raises(WrongInput):
        services.add_chain(actor=officer, zone=zone, name=" 新能源新材料 ")
    with pytest.raises(WrongInput):
        services.add_chain(actor=officer, zone=zone, name=" ")
    with pytest.raises(WrongInput):
        services.add_node(actor=officer, chain=chain, name="电芯", tier="mid")
    with pytest.raises(WrongInput):
        put("电芯", leads=[make_lead()])
    first, second = put("电芯", "甲", "乙")
    with pytest.raises(WrongInput):
        services.link_supplier(actor=officer, anchor=first, supplier=second)
    with pytest.raises(NotAllowed):
        services.add_chain(actor=make_user(Role.STEWARD, zone=zone), zone=zone, name="精密机械")


def test_the_pages_build_a_chain(client, zone, officer):
    page = signed_in(client, officer)
    answer = page.post("/chains/add/", {"name": "电子信息"})
    chain = Chain.objects.get()
    assert answer.url == f"/chains/{chain.pk}/"
    page.post(f"/chains/{chain.pk}/nodes/add/", {"name": "封装测试", "tier": "mid"})
    node = ChainNode.objects.get()
    lead = make_lead(zone)
    page.post(f"/chains/nodes/{node.pk}/place/", {"firms": "甲公司", "are_anchors": "on"})
    page.post(f"/chains/nodes/{node.pk}/place/", {"firms": "乙公司", "leads": [lead.pk]})
    anchor, supplier = ChainPlace.objects.get(name="甲公司"), ChainPlace.objects.get(name="乙公司")
    assert page.get(f"/chains/{chain.pk}/link/").status_code == 200
    page.post(f"/chains/{chain.pk}/link/", {"anchor": anchor.pk, "supplier": supplier.pk})
    assert SupplyLink.objects.count() == 1
    assert page.get(f"/chains/places/{supplier.pk}/remove/").status_code == 200
    page.post(f"/chains/places/{supplier.pk}/remove/")
    assert not SupplyLink.objects.exists()
    assert lead.name in page.get(f"/chains/{chain.pk}/").content.decode()


HEADER = "产业链,环节,上中下游,次序,链主企业,在地企业,在谈线索,配套对象"


@pytest.fixture
def bring(zone, officer, tmp_path):
    def run(*lines, name="a"):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
        return import_file(actor=officer, scope=zone.pk, kind="chains", path=path)

    return run


def test_a_ledger_of_chains_comes_in_once_and_what_it_adds_later_is_told(zone, bring):
    make_lead(zone, name="隔膜项目")
    lines = (
        "新能源新材料,整车,下游,3,示例汽车有限公司,,,",
        "新能源新材料,正极材料,上游,1,,甲材料有限公司、乙材料有限公司,,示例汽车有限公司",
        "新能源新材料,隔膜,上游,2,,,隔膜项目,",
    )
    assert bring(*lines).counts["new"] == 3
    chain = Chain.objects.get()
    shown = view(chain)
    assert [one.node.name for one in shown.nodes] == ["正极材料", "隔膜", "整车"]
    assert [one.node.name for one in shown.gaps] == ["隔膜"]
    assert {link.supplier.name for link in shown.links} == {"甲材料有限公司", "乙材料有限公司"}
    assert bring(*lines, name="again").counts["same"] == 3
    more = bring("新能源新材料,隔膜,上游,2,,丁材料有限公司,,示例汽车有限公司", name="more")
    assert more.counts["changed"] == 1
    assert not view(chain).gaps
    assert len(view(chain).links) == 3


def test_a_lead_or_an_anchor_that_nobody_knows_is_refused(bring):
    refused = bring(
        "新能源新材料,隔膜,上游,2,,,没有的项目,",
        "新能源新材料,电芯,中游,2,,甲公司,,没有的链主",
    )
    assert refused.counts["refused"] == 2
    assert not Chain.objects.exists()
