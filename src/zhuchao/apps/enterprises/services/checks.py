"""What a firm's facts must be like before they are kept, with a sentence for each that is not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.engines import EngineError
from zhuchao.engines.identity import CreditCode, check_credit_code, normal_name

from ..errors import CreditCodeWrong, IndustryCodeWrong
from ..models import Enterprise
from ..models.industries import IndustryCodeUnknown, read_industry_code

FIELDS = (
    "name",
    "credit_code",
    "legacy_reg_no",
    "industry_code",
    "sector",
    "state",
    "is_above_scale",
    "established_on",
    "registered_capital_cny",
    "legal_person",
    "address",
    "business",
)
"""What a person may say of a firm."""

FIRST_DAY = date(1840, 1, 1)
TEXTS = frozenset({"name", "legal_person", "address", "business"})
NUMBERS = {"credit_code": gettext_lazy("统一社会信用代码"), "legacy_reg_no": gettext_lazy("原注册号")}


def checked(zone: Zone, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` in the form they are kept in; raises WrongInput or one of its kinds.

    An old registration number given as the code is kept as what it is; the normal name goes with the name.
    """
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"an enterprise has no {sorted(unknown)}")
    kept = dict(values)
    for name in TEXTS & kept.keys():
        kept[name] = " ".join(str(kept[name] or "").split())
        _fits(name, kept[name])
    if "name" in kept:
        if len(kept["name"]) < 2:
            raise WrongInput(field=_("企业名称"), why=_("请填写营业执照上的全称。"), name="name")
        kept["normal_name"] = normal_name(kept["name"])
    _check_codes(kept)
    if "industry_code" in kept:
        kept["industry_code"] = checked_industry(kept["industry_code"] or "")
    sector = kept.get("sector")
    if isinstance(sector, Sector) and sector.zone_id != zone.pk:
        raise WrongInput(field=_("所属产业"), why=_("请从本辖区的产业体系中选择。"), name="sector")
    if "state" in kept and kept["state"] not in Enterprise.State.values:
        raise WrongInput(
            field=_("状态"), why=_("没有“%(state)s”这种状态。") % {"state": kept["state"]}, name="state"
        )
    day = kept.get("established_on")
    if day is not None and not FIRST_DAY <= day <= zones.today(zone):
        raise WrongInput(
            field=_("成立日期"),
            why=_("应在 %(first)s 至今天之间，现为 %(day)s。") % {"first": FIRST_DAY, "day": day},
            name="established_on",
        )
    capital = kept.get("registered_capital_cny")
    if capital is not None and not 0 <= capital < Decimal(10) ** 16:
        raise WrongInput(field=_("注册资本"), why=_("应为不小于零的金额。"), name="registered_capital_cny")
    return kept


def checked_code(text: str, field: str = "credit_code") -> CreditCode | None:
    """Return a checked credit code or old number, None for nothing; raises CreditCodeWrong with the right digit."""
    if not text.strip():
        return None
    try:
        return check_credit_code(text)
    except EngineError as error:
        raise CreditCodeWrong(
            field=str(NUMBERS[field]),
            why=why_code_wrong(error),
            name=field,
            fault=error.code,
            expected=error.data.get("expected", ""),
            found=error.data.get("found", ""),
        ) from error


def why_code_wrong(error: EngineError) -> str:
    """Return the sentence for what the engine found wrong with a code."""
    data = error.data
    match error.code:
        case "credit_code_check" | "legacy_code_check":
            return _("校验位应为 %(expected)s，现为 %(found)s。") % data
        case "credit_code_length":
            return _("应为 18 位（原注册号 15 位），现为 %(found)s 位。") % data
        case "credit_code_character":
            return _("第 %(position)s 位不能是“%(found)s”。") % data
        case "credit_code_scientific":
            return _("已被表格软件写成科学计数（%(found)s），请按文本格式重新填写。") % data
    return _("没有可识别的代码。")


def checked_industry(text: str) -> str:
    """Return an industry code in its normal form, empty for nothing; raises IndustryCodeWrong."""
    if not text.strip():
        return ""
    try:
        return read_industry_code(text)
    except IndustryCodeUnknown as error:
        right = (
            _("门类与大类不符，应为 %(right)s。") % {"right": error.right}
            if error.right
            else _("“%(text)s”不是国民经济行业代码，例如 C3962。") % {"text": text}
        )
        raise IndustryCodeWrong(
            field=_("国民经济行业代码"), why=right, name="industry_code", right=error.right
        ) from error


def _check_codes(kept: dict[str, Any]) -> None:
    for name in NUMBERS:
        if name not in kept:
            continue
        code = checked_code(kept[name] or "", name)
        if code is None:
            kept[name] = ""
        elif name == "credit_code" and code.is_legacy:
            kept["credit_code"] = ""
            if not kept.get("legacy_reg_no"):
                kept["legacy_reg_no"] = code.code
        elif name == "legacy_reg_no" and not code.is_legacy:
            raise CreditCodeWrong(
                field=str(NUMBERS[name]),
                why=_("这是 18 位统一社会信用代码，请填在“统一社会信用代码”栏。"),
                name=name,
            )
        else:
            kept[name] = code.code


def _fits(name: str, text: str) -> None:
    field = Enterprise._meta.get_field(name)
    most = getattr(field, "max_length", None)
    if most is not None and len(text) > most:
        label = str(getattr(field, "verbose_name", name))
        raise WrongInput(
            field=label,
            why=_("最多 %(most)s 个字，现为 %(length)s 个。") % {"most": most, "length": len(text)},
            name=name,
        )
