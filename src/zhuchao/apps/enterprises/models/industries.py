"""Industry codes of GB/T 4754-2017: the 20 sections, the 97 divisions, and how a code is read and named.

A code is kept as section letter + digits (C3962). Groups and classes are accepted by their shape and shown with
the name of their division, which is all that sorting and naming needs.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# Each section by its letter, then its divisions by their two digits.
_TABLE: Final = """
A
01 农业
02 林业
03 畜牧业
04 渔业
05 农、林、牧、渔专业及辅助性活动
B
06 煤炭开采和洗选业
07 石油和天然气开采业
08 黑色金属矿采选业
09 有色金属矿采选业
10 非金属矿采选业
11 开采专业及辅助性活动
12 其他采矿业
C
13 农副食品加工业
14 食品制造业
15 酒、饮料和精制茶制造业
16 烟草制品业
17 纺织业
18 纺织服装、服饰业
19 皮革、毛皮、羽毛及其制品和制鞋业
20 木材加工和木、竹、藤、棕、草制品业
21 家具制造业
22 造纸和纸制品业
23 印刷和记录媒介复制业
24 文教、工美、体育和娱乐用品制造业
25 石油、煤炭及其他燃料加工业
26 化学原料和化学制品制造业
27 医药制造业
28 化学纤维制造业
29 橡胶和塑料制品业
30 非金属矿物制品业
31 黑色金属冶炼和压延加工业
32 有色金属冶炼和压延加工业
33 金属制品业
34 通用设备制造业
35 专用设备制造业
36 汽车制造业
37 铁路、船舶、航空航天和其他运输设备制造业
38 电气机械和器材制造业
39 计算机、通信和其他电子设备制造业
40 仪器仪表制造业
41 其他制造业
42 废弃资源综合利用业
43 金属制品、机械和设备修理业
D
44 电力、热力生产和供应业
45 燃气生产和供应业
46 水的生产和供应业
E
47 房屋建筑业
48 土木工程建筑业
49 建筑安装业
50 建筑装饰、装修和其他建筑业
F
51 批发业
52 零售业
G
53 铁路运输业
54 道路运输业
55 水上运输业
56 航空运输业
57 管道运输业
58 多式联运和运输代理业
59 装卸搬运和仓储业
60 邮政业
H
61 住宿业
62 餐饮业
I
63 电信、广播电视和卫星传输服务
64 互联网和相关服务
65 软件和信息技术服务业
J
66 货币金融服务
67 资本市场服务
68 保险业
69 其他金融业
K
70 房地产业
L
71 租赁业
72 商务服务业
M
73 研究和试验发展
74 专业技术服务业
75 科技推广和应用服务业
N
76 水利管理业
77 生态保护和环境治理业
78 公共设施管理业
79 土地管理业
O
80 居民服务业
81 机动车、电子产品和日用产品修理业
82 其他服务业
P
83 教育
Q
84 卫生
85 社会工作
R
86 新闻和出版业
87 广播、电视、电影和录音制作业
88 文化艺术业
89 体育
90 娱乐业
S
91 中国共产党机关
92 国家机构
93 人民政协、民主党派
94 社会保障
95 群众团体、社会团体和其他成员组织
96 基层群众自治组织及其他组织
T
97 国际组织
"""


def _read_table() -> tuple[dict[str, str], dict[str, str]]:
    divisions: dict[str, str] = {}
    section_of: dict[str, str] = {}
    letter = ""
    for line in _TABLE.strip().splitlines():
        code, _space, name = line.partition(" ")
        if name:
            divisions[code], section_of[code] = name, letter
        else:
            letter = code
    return divisions, section_of


_read = _read_table()
SECTIONS: Final[dict[str, str]] = {
    "A": _("农、林、牧、渔业"),
    "B": _("采矿业"),
    "C": _("制造业"),
    "D": _("电力、热力、燃气及水生产和供应业"),
    "E": _("建筑业"),
    "F": _("批发和零售业"),
    "G": _("交通运输、仓储和邮政业"),
    "H": _("住宿和餐饮业"),
    "I": _("信息传输、软件和信息技术服务业"),
    "J": _("金融业"),
    "K": _("房地产业"),
    "L": _("租赁和商务服务业"),
    "M": _("科学研究和技术服务业"),
    "N": _("水利、环境和公共设施管理业"),
    "O": _("居民服务、修理和其他服务业"),
    "P": _("教育"),
    "Q": _("卫生和社会工作"),
    "R": _("文化、体育和娱乐业"),
    "S": _("公共管理、社会保障和社会组织"),
    "T": _("国际组织"),
}
"""Section letter -> name (门类), to be said in the reader's language."""
DIVISIONS: Final[dict[str, str]] = _read[0]
"""Division of two digits -> name (大类)."""
SECTION_OF: Final[dict[str, str]] = _read[1]
"""Division of two digits -> letter of its section."""

_SHAPE: Final = re.compile(r"([A-Z]?)(\d{2,4})?")


class IndustryCodeUnknown(ValueError):
    """The text is no code of GB/T 4754-2017; ``right`` is the code it should probably be, or empty."""

    def __init__(self, text: str, right: str = "") -> None:
        super().__init__(text)
        self.right = right


@lru_cache(maxsize=8192)
def read_industry_code(text: str) -> str:
    """Return the code in ``text`` as section letter + digits: ``3962`` and ``c39 62`` give ``C3962``.

    A name behind the code (``C3962 智能车载设备制造``) is passed over. Raises IndustryCodeUnknown when the shape
    is wrong, the division does not exist, or the letter is not the division's section (``right`` then says it).
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    code = re.match(r"[A-Z]?[\d\s.-]*", plain)
    compact = re.sub(r"[\s.-]", "", code.group()) if code else ""
    found = _SHAPE.fullmatch(compact)
    if not found or not compact:
        raise IndustryCodeUnknown(text)
    letter, digits = found.group(1), found.group(2) or ""
    if not digits:
        if letter not in SECTIONS:
            raise IndustryCodeUnknown(text)
        return letter
    section = SECTION_OF.get(digits[:2])
    if section is None:
        raise IndustryCodeUnknown(text)
    if letter and letter != section:
        raise IndustryCodeUnknown(text, section + digits)
    return section + digits


def industry_name(code: str) -> str:
    """Return the name of a code's division, or of its section; empty for no code.

    >>> industry_name("C3962")
    '计算机、通信和其他电子设备制造业'
    """
    return DIVISIONS.get(code[1:3]) or SECTIONS.get(code[:1], "")


def section_name(code: str) -> str:
    """Return the name of the section of a code in the reader's language; empty for no code."""
    name = SECTIONS.get(code[:1])
    return gettext(name) if name else ""


def show_industry(code: str) -> str:
    """Return a code as people read it: the code and the name of its division."""
    return f"{code} {industry_name(code)}" if code else ""
