"""The fields that tests of rules ask about."""

from zhuchao.engines.rules.fields import Field, Kind, Vocabulary

FIELDS = Vocabulary(
    [
        Field("revenue", Kind.MONEY),
        Field("rd", Kind.MONEY),
        Field("cost", Kind.MONEY),
        Field("staff", Kind.COUNT, unit="人"),
        Field("tech", Kind.COUNT),
        Field("established", Kind.DATE),
        Field("first_paid", Kind.DATE),
        Field("debt", Kind.NUMBER, places=2, unit="%"),
        Field("score", Kind.NUMBER, places=1),
        Field("land", Kind.NUMBER, places=2, unit="㎡"),
        Field("years", Kind.NUMBER, unit="年"),
        Field("resident", Kind.FLAG),
        Field("listed", Kind.FLAG),
        Field("industry", Kind.CODE),
        Field("size", Kind.CHOICE, choices=("大型", "中型", "小型", "微型")),
        Field("tags", Kind.TAGS),
    ]
)
PARAMS = {"low": "5%", "big": "2亿元", "start": "2026-01-31", "wanted": "'小型'", "below": "-3万元"}
