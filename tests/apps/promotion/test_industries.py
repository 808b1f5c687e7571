"""One taxonomy of industries over leads, premises and firms."""

import re
from datetime import date

import pytest

from tests.factories import (
    make_enterprise,
    make_lead,
    make_sector,
    make_site,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.zones.models import Role

LISTS = ("/leads/", "/premises/", "/enterprises/")


def choices_on(page, url):
    words = page.get(url).content.decode()
    select = re.search(r'<select[^>]*name="sector".*?</select>', words, re.S)
    assert select, url
    return re.findall(r'<option value="(\d+)"', select[0])


@pytest.mark.document("0-16")
def test_the_industry_filter_is_the_same_on_leads_premises_and_firms_and_keeps_its_codes(client):
    """目标产业在线索、载体、企业三张列表上是同一套，筛出的都是这个产业；国民经济行业代码保留。"""
    zone = make_zone()
    targets = [
        make_sector(zone, "智能制造", industry_codes=["C34", "C35"]),
        make_sector(zone, "数字经济", industry_codes=["I65"]),
        make_sector(zone, "证券金融", industry_codes=["J67"]),
    ]
    make_sector(zone, "已停用产业", until=date(2001, 1, 1))
    for sector in targets:
        make_lead(zone, name=f"{sector.name}线索", sector=sector)
        make_site(zone, name=f"{sector.name}园", admission_scope=[sector.name])
        make_enterprise(zone, name=f"{sector.name}示例有限公司", sector=sector)
    make_site(zone, name="综合园")
    page = signed_in(client, make_user(Role.LEADER, zone=zone))
    offered = [choices_on(page, url) for url in LISTS]
    assert (
        sorted(offered[0]) == sorted(offered[1]) == sorted(offered[2]) == sorted(str(s.pk) for s in targets)
    )
    for sector in targets:
        others = [other.name for other in targets if other != sector]
        for url in LISTS:
            rows = page.get(f"{url}?sector={sector.pk}").content.decode()
            body = rows[rows.index('id="list-body"') :]
            assert f"{sector.name}" in body
            for other in others:
                assert f"{other}线索" not in body
                assert f"{other}园" not in body
                assert f"{other}示例" not in body
    assert "综合园" in page.get(f"/premises/?sector={targets[0].pk}").content.decode()
    targets[0].refresh_from_db()
    assert targets[0].industry_codes == ["C34", "C35"]
