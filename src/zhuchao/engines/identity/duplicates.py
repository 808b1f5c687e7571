"""Find who may be the same firm twice. Never merges: a person decides."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from rapidfuzz.distance import OSA, Levenshtein

from zhuchao.engines.identity.names import NameParts, name_parts

MatchKind = Literal["code", "name", "similar"]

_LONG: Final = 8  # from this length on, two slips are still one name
_RAREST: Final = 5  # two slips spoil at most four bigrams, so one of five is left whole
_KIND_ORDER: Final = {"code": 0, "name": 1, "similar": 2}
_NUMERALS: Final = frozenset("0123456789零一二三四五六七八九十百甲乙丙丁戊东南西北中上下前后左右大小新老")
_TRADE_WORDS: Final = """
科技 技术 信息 软件 网络 互联网 智能 数据 数字 电子 电气 电器 电力 电缆 通信 通讯 光电 半导体 芯片 微电子 集成电路
机械 设备 装备 制造 精密 模具 五金 金属 材料 新材料 化工 化学 塑料 塑胶 橡胶 纺织 服装 服饰 印刷 包装 家具 家居
建材 汽车 汽贸 汽配 汽车销售 零部件 配件 新能源 能源 环保 环境 节能 生物 医药 制药 医疗 医疗器械 健康 食品 餐饮
饮料 农业 贸易 商贸 商业 进出口 国际 实业 产业 工业 产业园 发展 开发 投资 资本 基金 创业 资产 控股 集团 管理 运营
咨询 服务 企业管理 物业 物业管理 房地产 置业 地产 建设 建筑 工程 装饰 设计 规划 检测 认证 物流 运输 供应链 仓储
快递 电商 电子商务 文化 传媒 传播 广告 影视 教育 培训 人力资源 旅游 酒店 体育 艺术 金融 保险 租赁 担保 典当 超市
百货 销售 自动化 机器人 航空 航天 船舶 轨道交通 仪器 仪表 传感 激光 照明 安防 消防 空调 制冷 水务 园林 绿化 市政
珠宝 工艺品
"""
_TRADES: Final = tuple(sorted(_TRADE_WORDS.split(), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Party:
    """A firm to compare: the caller's key, its name, its code if known, and names it had before or goes by."""

    key: str
    name: str
    code: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Two parties that may be one firm.

    `left` is a candidate's key; `right` is an existing party's key, or an earlier candidate's when `within`.
    `kind` is the strongest reason: same code, same normal name, or a similar name. `score` is 0 to 100.
    `detail` is the code or the normal name they share, or where similar names differ: `鲲/坤`, several parted by a
    space, `—` for a character that is not there.
    """

    kind: MatchKind
    left: str
    right: str
    score: int
    detail: str
    within: bool = False


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How alike two names are; `weak` when another character of a two-character brand is all the difference."""

    score: int
    detail: str
    weak: bool


@dataclass(slots=True)
class _Entry:
    party: Party
    rank: int
    code: str
    names: list[NameParts]


def find_duplicates(
    candidates: Sequence[Party],
    existing: Iterable[Party] = (),
    *,
    divisions: frozenset[str] = frozenset(),
    similar_from: int = 70,
    limit: int = 5,
) -> list[Match]:
    """Return, for every candidate in order, the existing parties and earlier candidates that may be its firm.

    By equal code; by equal normal name, unless the two names stand in different divisions; by a similar name:
    one slip (from eight characters on two) outside the branch's end, that is not a numeral and does not turn one
    trade into another. Parties with different codes are never called similar. A candidate that is one character
    of a short brand away from many others is similar to none of those: there the likeness says nothing.
    At most `limit` matches a candidate, best first.

    Args:
        divisions: names of cities, districts and streets that may stand in front of a firm's name.
        similar_from: lowest score at which a similar name is told.
    """
    left = [_entry(party, rank, divisions) for rank, party in enumerate(candidates)]
    right = [_entry(party, -1, divisions) for party in existing]
    return _Comparison(left, right + left, similar_from, limit).matches()


def _entry(party: Party, rank: int, divisions: frozenset[str]) -> _Entry:
    names = [name_parts(name, divisions) for name in (party.name, *party.other_names)]
    return _Entry(party, rank, "".join(party.code.split()).upper(), [name for name in names if name.core])


class _Comparison:
    """One run: candidates are indexed, then everything on the right streams past once."""

    def __init__(self, left: list[_Entry], right: list[_Entry], similar_from: int, limit: int) -> None:
        self.left = left
        self.right = right
        self.similar_from = similar_from
        self.limit = limit
        self.found: dict[int, dict[tuple[bool, str], Match]] = defaultdict(dict)
        self.weak: dict[int, set[str]] = defaultdict(set)
        self.by_code: dict[str, list[_Entry]] = defaultdict(list)
        self.by_core: dict[str, list[tuple[_Entry, NameParts]]] = defaultdict(list)
        self.by_gap: dict[str, list[tuple[_Entry, NameParts]]] = defaultdict(list)
        self.by_bigram: dict[str, list[tuple[_Entry, NameParts]]] = defaultdict(list)

    def matches(self) -> list[Match]:
        self._index()
        for other in self.right:
            for entry in self.by_code.get(other.code, ()):
                self._keep(entry, other, "code", 100, other.code)
            for name in other.names:
                self._compare(other, name)
        answer: list[Match] = []
        for entry in self.left:
            best = sorted(self.found[entry.rank].values(), key=_order)
            weak = self.weak[entry.rank]
            if len(weak) > self.limit:
                best = [match for match in best if match.kind != "similar" or match.right not in weak]
            answer += best[: self.limit]
        return answer

    def _index(self) -> None:
        frequency: Counter[str] = Counter()
        for other in self.right:
            for name in other.names:
                if len(name.core) >= _LONG - 2:
                    frequency.update(_bigrams(name.core))
        for entry in self.left:
            if entry.code:
                self.by_code[entry.code].append(entry)
            for name in entry.names:
                self.by_core[name.core].append((entry, name))
                for gap in _gaps(name.core):
                    self.by_gap[gap].append((entry, name))
                if len(name.core) >= _LONG:
                    rarest = sorted(_bigrams(name.core), key=lambda pair: (frequency[pair], pair))[:_RAREST]
                    for bigram in rarest:
                        self.by_bigram[bigram].append((entry, name))

    def _compare(self, other: _Entry, name: NameParts) -> None:
        for entry, own in self.by_core.get(name.core, ()):
            if _places_agree(own, name):
                score = 100 if own.places == name.places else 95
                self._keep(entry, other, "name", score, name.core)
        near: dict[tuple[int, str], tuple[_Entry, NameParts]] = {}
        for gap in _gaps(name.core):
            for pair in self.by_gap.get(gap, ()):
                near[pair[0].rank, pair[1].core] = pair
        if len(name.core) >= _LONG - 2:
            for bigram in _bigrams(name.core):
                for pair in self.by_bigram.get(bigram, ()):
                    near[pair[0].rank, pair[1].core] = pair
        for entry, own in near.values():
            other_firm = entry.code and other.code and entry.code != other.code
            if other_firm or own.core == name.core or not _places_agree(own, name):
                continue
            likeness = _similarity(own, name)
            if likeness is not None and likeness.score >= self.similar_from:
                self._keep(entry, other, "similar", likeness.score, likeness.detail)
                if likeness.weak:
                    self.weak[entry.rank].add(other.party.key)

    def _keep(self, entry: _Entry, other: _Entry, kind: MatchKind, score: int, detail: str) -> None:
        if other.rank >= entry.rank:  # itself, or the later of two candidates, which tells of the pair
            return
        within = other.rank >= 0
        match = Match(kind, entry.party.key, other.party.key, score, detail, within)
        known = self.found[entry.rank].get((within, other.party.key))
        if known is None or _order(match) < _order(known):
            self.found[entry.rank][within, other.party.key] = match


def _order(match: Match) -> tuple[int, int]:
    return _KIND_ORDER[match.kind], -match.score


def _bigrams(core: str) -> set[str]:
    return {first + second for first, second in pairwise(core)}


def _gaps(core: str) -> Iterator[str]:
    """Give the name, and it with each character left out: two names one slip apart share one of these."""
    if len(core) > 2:
        yield core
        for position in range(len(core)):
            yield core[:position] + core[position + 1 :]


def _places_agree(own: NameParts, other: NameParts) -> bool:
    return own.places <= other.places or other.places <= own.places


def _similarity(own: NameParts, other: NameParts) -> _Likeness | None:
    """Return how alike two different cores are, or None when they name two firms."""
    if own.branch != other.branch:
        return None
    slips = OSA.distance(own.core, other.core, score_cutoff=2)
    if slips > (2 if min(len(own.core), len(other.core)) >= _LONG else 1):
        return None
    brand, trade = _brand_and_trade(own.core)
    other_brand, other_trade = _brand_and_trade(other.core)
    if trade != other_trade and len(brand) == len(other_brand):
        return None
    edits = Levenshtein.editops(own.core, other.core)
    in_brand = sum(edit.src_pos < min(len(brand), len(other_brand)) for edit in edits)
    if slips == 2 and in_brand >= 2 and len(brand) < _LONG:
        return None
    cost = -1.5 * (len(edits) - slips)  # two neighbours swapped count as half a slip
    differences = []
    for edit in edits:
        before = own.core[edit.src_pos] if edit.tag != "insert" else ""
        after = other.core[edit.dest_pos] if edit.tag != "delete" else ""
        if {before, after} - {""} <= _NUMERALS:
            return None
        cost += 0.5 if before and after and _sound(before) == _sound(after) else 1
        differences.append(f"{before or '—'}/{after or '—'}")
    score = round(100 * (1 - max(cost, 0.5) / max(len(own.core), len(other.core))))
    return _Likeness(score, " ".join(differences), in_brand == 1 == cost and len(brand) <= 2)


def _brand_and_trade(core: str) -> tuple[str, str]:
    """Split the words of trade off the end: 苏鲲|智能科技; the first two characters are the brand's."""
    end = len(core)
    while end > 2:
        found = next((word for word in _TRADES if core.endswith(word, 2, end)), "")
        if not found:
            break
        end -= len(found)
    return core[:end], core[end:]


def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin  # 100 ms of tables, only once two names are nearly equal

    return lazy_pinyin(character)[0]
