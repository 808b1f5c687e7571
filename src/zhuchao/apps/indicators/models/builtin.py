"""The indicators that every zone has from the start: code, name, measure or statistics, unit, definition."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Builtin:
    """One indicator known to every zone. ``measure`` empty: observed from statistics."""

    code: str
    name: str
    dimension: str
    show_unit: str
    measure: str = ""
    part_of: str = ""
    currency: str = ""
    direction: str = "higher"
    definition: str = ""


BUILTINS: tuple[Builtin, ...] = (
    Builtin(
        "revitalised_area",
        _("盘活载体面积"),
        "area",
        "㎡",
        "revitalised_area",
        definition=_("盘活台账中有佐证的面积之和，同一空间只计一次"),
    ),
    Builtin(
        "vacant_area",
        _("空置面积"),
        "area",
        "㎡",
        "vacant_area",
        direction="lower",
        definition=_("期末状态为空置的房源建筑面积"),
    ),
    Builtin(
        "leads_open",
        _("在谈招商项目数"),
        "count",
        "个",
        "leads_open",
        definition=_("期末处于在谈、拟签约阶段的线索"),
    ),
    Builtin(
        "activities",
        _("招商活动次数"),
        "count",
        "次",
        "activities",
        definition=_("活动台账条目，联办活动只计一次"),
    ),
    Builtin("activities_in", _("请进来活动"), "count", "次", "activities_in", part_of="activities"),
    Builtin("activities_out", _("走出去活动"), "count", "次", "activities_out", part_of="activities"),
    Builtin("activities_online", _("线上活动"), "count", "次", "activities_online", part_of="activities"),
    Builtin(
        "trips_and_talks", _("外出招商及云端商务会谈"), "count", "次", "trips_and_talks", part_of="activities"
    ),
    Builtin(
        "enterprises_visited",
        _("拜访企业数"),
        "count",
        "家",
        "enterprises_visited",
        definition=_("活动中对接的企业，去重后的家数"),
    ),
    Builtin(
        "agencies_met",
        _("对接行业机构数"),
        "count",
        "家",
        "agencies_met",
        definition=_("活动中对接的行业机构，去重后的家数"),
    ),
    Builtin(
        "projects_signed",
        _("签约项目数"),
        "count",
        "个",
        "projects_signed",
        definition=_("签约进度条目，按签约日期"),
    ),
    Builtin(
        "signed_investment",
        _("签约项目总投资"),
        "money",
        "亿元",
        "signed_investment",
        currency="CNY",
        definition=_("签约条目当时的总投资之和"),
    ),
    Builtin(
        "projects_ready",
        _("新引进达开工条件项目数"),
        "count",
        "个",
        "projects_ready",
        definition=_("新引进项目的达开工条件条目"),
    ),
    Builtin("projects_started", _("新开工项目数"), "count", "个", "projects_started"),
    Builtin("projects_completed", _("新竣工项目数"), "count", "个", "projects_completed"),
    Builtin("projects_producing", _("投产项目数"), "count", "个", "projects_producing"),
    Builtin(
        "projects_landed",
        _("落地项目数"),
        "count",
        "个",
        "projects_landed",
        definition=_("期末已开工或已投产、未达效的项目"),
    ),
    Builtin(
        "batch_signing",
        _("“签约一批”项目数"),
        "count",
        "个",
        "batch_signing",
        definition=_("三个一批活动中签约一批的项目"),
    ),
    Builtin(
        "investment",
        _("项目固定资产投资"),
        "money",
        "万元",
        "investment",
        currency="CNY",
        definition=_("投资台账中有凭证的固定资产投资"),
    ),
    Builtin(
        "major_investment",
        _("列省列市重大项目投资"),
        "money",
        "亿元",
        "major_investment",
        part_of="investment",
        currency="CNY",
        definition=_("列省、列市项目有凭证的固定资产投资"),
    ),
    Builtin(
        "arrived_funds",
        _("招商引资到位资金"),
        "money",
        "亿元",
        "arrived_funds",
        currency="CNY",
        definition=_("投资台账中有凭证的到位资金（新签与续建），与固定资产投资口径不同"),
    ),
    Builtin("industrial_output", _("规上工业总产值"), "money", "亿元", currency="CNY"),
    Builtin(
        "new_product_output", _("新产品产值"), "money", "亿元", part_of="industrial_output", currency="CNY"
    ),
    Builtin(
        "high_tech_output",
        _("高新技术产业产值"),
        "money",
        "亿元",
        part_of="industrial_output",
        currency="CNY",
    ),
    Builtin(
        "strategic_output",
        _("战略性新兴产业产值"),
        "money",
        "亿元",
        part_of="industrial_output",
        currency="CNY",
    ),
    Builtin(
        "equipment_output", _("装备制造业产值"), "money", "亿元", part_of="industrial_output", currency="CNY"
    ),
    Builtin("industrial_value_added", _("规上工业增加值"), "money", "万元", currency="CNY"),
    Builtin("invoiced_sales", _("规上工业开票销售收入"), "money", "亿元", currency="CNY"),
    Builtin("fixed_asset_investment", _("固定资产投资"), "money", "亿元", currency="CNY"),
    Builtin(
        "industrial_investment",
        _("工业投资"),
        "money",
        "亿元",
        part_of="fixed_asset_investment",
        currency="CNY",
    ),
    Builtin("foreign_trade", _("进出口总额"), "money", "亿美元", currency="USD"),
    Builtin("registered_fdi", _("注册外资"), "money", "亿美元", currency="USD"),
    Builtin("budget_revenue", _("一般公共预算收入"), "money", "万元", currency="CNY"),
    Builtin("wholesale_sales", _("批发业销售额"), "money", "亿元", currency="CNY"),
    Builtin("retail_sales", _("零售业销售额"), "money", "亿元", currency="CNY"),
    Builtin("returned_capital", _("浙商回归"), "money", "万元", currency="CNY"),
    Builtin("domestic_capital", _("引进内资"), "money", "万元", currency="CNY"),
    Builtin("national_rank", _("全国综合考评排名"), "rank", "名", direction="lower"),
)

# Pairs of which the first may not exceed the second without a question: their definitions differ.
CROSS_CHECKS: tuple[tuple[str, str], ...] = (("arrived_funds", "fixed_asset_investment"),)
