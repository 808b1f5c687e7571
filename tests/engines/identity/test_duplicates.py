import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines.identity import Party, find_duplicates, make_synthetic_code

DIVISIONS = frozenset({"苏州市", "姑苏区", "无锡市"})
STOCK = [chr(code) for code in range(0x6C00, 0x7000)]
TRADE_WORDS = "科技 智能科技 贸易 汽车销售 精密机械 生物医药 电子 信息技术 新材料 环保工程 文化传媒 餐饮管理"
TRADES = TRADE_WORDS.split()


def one(left: str, right: str, *, left_code: str = "", right_code: str = "", divisions=DIVISIONS):
    found = find_duplicates(
        [Party("l", left, left_code)], [Party("r", right, right_code)], divisions=divisions
    )
    assert len(found) <= 1
    return found[0] if found else None


def made_up_names(count: int, seed: int) -> list[str]:
    """Return names of different firms: any two brands differ in at least two characters."""
    chance = random.Random(seed)
    names: list[str] = []
    taken: set[str] = set()
    while len(names) < count:
        brand = "".join(chance.sample(STOCK, chance.choice((2, 3, 4))))
        near = {brand, "".join(sorted(brand))} | {
            brand[:gap] + "?" + brand[gap + 1 :] for gap in range(len(brand))
        }
        near |= {brand[:gap] + brand[gap + 1 :] for gap in range(len(brand))}
        if near.isdisjoint(taken):
            taken |= near
            names.append(f"苏州{brand}{chance.choice(TRADES)}有限公司")
    return names


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def spoil(name: str, way: int, chance: random.Random) -> str:
    """Write a name as somebody else would."""
    if way == 0:
        return name.replace(
            "有限公司", chance.choice(["有限工司", "有公司", "股份有限公司", "有限责任公司", "有限公"])
        )
    if way == 1:
        place = chance.randrange(len(name))
        return f"{name[:place]} {name[place:]}"
    if way == 2:
        return full_width(name.removeprefix("苏州").replace("有限", "(苏州)有限"))
    if way == 3:
        return "苏州市" + name.removeprefix("苏州")
    if way == 4:
        return name.removeprefix("苏州")
    place = chance.randrange(2, len(name) - 4)
    return name[:place] + chance.choice("苏鲲汽贸") + name[place + 1 :]


def test_of_a_thousand_leads_with_a_tenth_doubled_all_but_one_in_a_hundred_are_found():
    chance = random.Random(21)
    names = made_up_names(900, seed=21)
    leads = [Party(str(number), name) for number, name in enumerate(names)]
    doubled = [
        Party(f"again {number}", spoil(names[number], number % 6, chance))
        for number in chance.sample(range(900), 100)
    ]
    found = find_duplicates(leads + doubled, divisions=DIVISIONS)
    told = {(match.left, match.right) for match in found}
    right = {(lead.key, lead.key.removeprefix("again ")) for lead in doubled}
    assert len(told & right) >= 99
    assert len(told - right) <= 10
    assert all(match.within for match in found)


def test_different_firms_that_share_words_of_trade_are_not_matched():
    names = made_up_names(2000, seed=5)
    leads = [Party(f"lead {number}", name) for number, name in enumerate(names[:500])]
    known = [Party(f"firm {number}", name) for number, name in enumerate(names[500:])]
    found = find_duplicates(leads, known, divisions=DIVISIONS)
    assert len({match.left for match in found}) <= 5


def test_the_same_code_is_the_same_firm_whatever_the_name():
    match = one("苏鲲科技", "完全不同的名字", left_code="91 99", right_code="9199")
    assert (match.kind, match.score, match.detail) == ("code", 100, "9199")


def test_the_strongest_reason_is_told_once():
    code = make_synthetic_code(1)
    assert one("苏鲲科技", "苏鲲科技", left_code=code, right_code=code).kind == "code"
    parties = [Party("r", "苏昆科技有限公司", other_names=("苏鲲科技有限公司", "苏坤科技有限公司"))]
    found = find_duplicates([Party("l", "苏鲲科技有限公司")], parties)
    assert [(match.kind, match.score) for match in found] == [("name", 100)]


def test_an_equal_normal_name_is_told_with_another_code_too():
    match = one(
        "苏鲲科技有限公司", "苏鲲科技", left_code=make_synthetic_code(1), right_code=make_synthetic_code(2)
    )
    assert match.kind == "name"


@pytest.mark.parametrize(
    ("left", "right", "kind", "score"),
    [
        ("苏州苏鲲科技有限公司", "苏州市苏鲲科技股份有限公司", "name", 100),
        ("苏鲲科技有限公司", "苏州市苏鲲科技有限公司", "name", 95),
        ("苏鲲科技有限公司", "苏坤科技有限公司", "similar", 88),
        ("苏鲲科技有限公司", "苏鹏科技有限公司", "similar", 75),
        ("苏鲲科技有限公司", "苏鲲斯科技有限公司", "similar", 80),
        ("苏鲲科技有限公司", "苏鲲科枝有限公司", "similar", 75),
        ("苏鲲电子科技有限公司", "苏鲲电了科技有限公司", "similar", 83),
        ("苏鲲斯科技有限公司", "苏斯鲲科技有限公司", "similar", 90),
        ("苏鲲斯通智能科技有限公司", "苏鲲斯痛智能科支有限公司", "similar", 81),
    ],
)
def test_slips_are_found_and_weighed(left, right, kind, score):
    match = one(left, right)
    assert (match.kind, match.score) == (kind, score)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("苏州苏鲲科技有限公司", "无锡苏鲲科技有限公司"),
        ("苏州苏鲲科技有限公司", "无锡苏坤科技有限公司"),
        ("苏鲲第一建设有限公司", "苏鲲第二建设有限公司"),
        ("苏鲲东科技有限公司", "苏鲲科技有限公司"),
        ("苏鲲电子有限公司", "苏鲲电气有限公司"),
        ("苏鲲斯智能装备制造有限公司", "苏坤斯智能设备制造有限公司"),
        ("华森智能装备制造有限公司", "达远智能装备制造有限公司"),
        ("苏鲲科技平江分公司", "苏鲲科技吴江分公司"),
        ("苏鲲科技", "华鑫科技"),
        ("苏鲲斯", "苏鲲迪"),
        ("苏鲲", "苏坤"),
        ("苏鲲科技", "苏鲲科技集团"),
        ("", ""),
        ("有限公司", ""),
    ],
)
def test_names_of_two_firms_are_not_matched(left, right):
    assert one(left, right) is None


def test_firms_with_different_codes_are_never_called_similar():
    codes = {"left_code": make_synthetic_code(1), "right_code": make_synthetic_code(2)}
    assert one("苏鲲科技有限公司", "苏坤科技有限公司", **codes) is None
    assert one("苏鲲科技有限公司", "苏坤科技有限公司", left_code=make_synthetic_code(1)).kind == "similar"


def test_where_many_names_are_one_character_apart_the_likeness_says_nothing():
    crowd = [Party(brand, f"苏{brand}科技有限公司") for brand in "鹏程华森达远"]
    assert len(find_duplicates([Party("l", "苏鲲科技")], crowd[:5])) == 5
    assert find_duplicates([Party("l", "苏鲲科技")], crowd) == []
    found = find_duplicates([Party("l", "苏鲲科技")], [*crowd, Party("昆", "苏昆科技有限公司")])
    assert [match.right for match in found] == ["昆"]


def test_at_most_so_many_are_told_the_best_first():
    known = [Party("b", "苏坤科技"), Party("a", "苏鲲科技有限公司"), Party("c", "苏昆科技")]
    found = find_duplicates([Party("l", "苏鲲科技")], known, limit=2)
    assert [match.right for match in found] == ["a", "b"]


def test_a_former_name_counts_too():
    known = [Party("r", "新名字科技有限公司", other_names=("苏鲲科技有限公司",))]
    assert find_duplicates([Party("l", "苏鲲科技")], known)[0].kind == "name"


@given(st.lists(st.text("苏鲲坤昆科技电子贸易一二集团有限公司", max_size=14), max_size=8))
def test_nobody_is_a_duplicate_of_itself_and_every_pair_is_told_once(names):
    parties = [Party(str(number), name) for number, name in enumerate(names)]
    found = find_duplicates(parties, limit=100)
    assert all(int(match.right) < int(match.left) and 70 <= match.score <= 100 for match in found)
    assert len({(match.left, match.right) for match in found}) == len(found)
