"""Working time, procedures and what the scheduling engine refuses, as people read them."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from zhuchao.apps.core.wording import listed
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Mode, Part
from zhuchao.engines.units import show_number

MINUTES_OF_HOUR = 60

MODES = {
    Mode.NORMAL: _("常规审查"),
    Mode.LATE: _("容缺受理"),
    Mode.PLEDGE: _("告知承诺"),
    Mode.EARLY: _("提前预审"),
}
PARTS = {Part.REVIEW: _("审查"), Part.NOTICE: _("公示"), Part.ISSUE: _("出件")}


def show_minutes(minutes: float) -> str:
    """Return working minutes as hours and minutes: 4 小时 30 分."""
    whole = round(minutes)
    if whole < 0:
        return "-" + show_minutes(-whole)
    hours, rest = divmod(whole, MINUTES_OF_HOUR)
    if not hours:
        return gettext("{minutes} 分钟").format(minutes=rest)
    if not rest:
        return ngettext("{hours} 小时", "{hours} 小时", hours).format(hours=show_number(Decimal(hours), 0))
    return gettext("{hours} 小时 {minutes} 分").format(hours=show_number(Decimal(hours), 0), minutes=rest)


def mode_word(mode: Mode) -> str:
    """Return how a task is handled in words."""
    return gettext(MODES[mode])


def part_word(part: Part) -> str:
    """Return a part of a task in words."""
    return gettext(PARTS[part])


_SENTENCES = {
    "alias_refused": _("不能使用 YAML 的锚点与别名。"),
    "baseline_malformed": _("原流程的工作日不能小于 0。"),
    "capacity_missing": _("“{department}”一个审查员也没有，{task}没有人办。"),
    "days_malformed": _("“{found}”不是天数，应写成 20 或 0.5 这样的数。"),
    "department_unknown": _("departments 里没有“{department}”，{task}没有部门办。{near}"),
    "document_nobody_gives": _(
        "{task}需要“{document}”，但没有任务产生它，企业手里也没有（没有写在 held 里）。{near}"
    ),
    "document_twice": _("“{document}”由两项任务产生，只能有一项。"),
    "file_malformed": _("YAML 格式有误，请检查缩进、冒号和引号。"),
    "file_too_deep": _("层级太深。"),
    "file_too_large": _("内容太长。"),
    "float_refused": _("“{found}”要加引号写成文本，才不会有误差。"),
    "hours_malformed": _("“{found}”不是时长，应写成 7、1.5 或 1:30。"),
    "key_missing": _("缺少“{key}”。"),
    "key_twice": _("“{found}”写了两次。"),
    "key_unknown": _("不认识“{found}”。{near}"),
    "minutes_broken": _("“{found}”小时不是整分钟。"),
    "name_twice": _("“{found}”写了两次。"),
    "network_cycle": _("任务互相等待，永远开不了头：{links}。"),
    "network_empty": _("流程里还没有任务。"),
    "predecessor_unknown": _("{task}排在“{predecessor}”之后，但没有这项任务。{near}"),
    "project_infeasible": _("没有任何办法能守住资源限制。"),
    "project_unsolved": _("在限定的时间内没有找到可行的安排。"),
    "psplib_malformed": _("不是完整的 .sm 或 .mm 文件，或前后矛盾。"),
    "stage_twice": _("阶段“{stage}”写了两次。"),
    "stage_unknown": _("{task}的阶段“{stage}”不在 stages 里。{near}"),
    "tag_refused": _("不能使用 YAML 标签。"),
    "task_malformed": _(
        "任务“{task}”的时长、天数不能小于 0，可容缺的材料须在所需材料之内，信用额度只用于承诺。"
    ),
    "task_twice": _("任务编号“{task}”写了两次。"),
    "tasks_too_many": _("任务太多，最多 {most} 项。"),
    "type_wrong": _("这里的内容不是所要的形式。"),
}


def say(error: EngineError) -> str:
    """Return what the engine refuses as a sentence, with its line and the nearest names where there are any."""
    data = error.data
    near, line, links = data.get("near") or (), data.get("line"), data.get("links") or ()
    said = {name: str(value) for name, value in data.items()} | {
        "found": str(data.get("found", "")),
        "near": gettext("是不是：{names}？").format(names=listed(near))
        if isinstance(near, Iterable) and near
        else "",
        "links": listed(_link(link) for link in links) if isinstance(links, tuple) else "",
    }
    sentence = gettext(_SENTENCES[error.code]).format_map(said) if error.code in _SENTENCES else str(error)
    return gettext("第 {line} 行：{sentence}").format(line=line, sentence=sentence) if line else sentence


def _link(link: object) -> str:
    first, then = str(getattr(link, "first", "")), str(getattr(link, "then", ""))
    document = str(getattr(link, "document", ""))
    return f"{first} →（{document}）→ {then}" if document else f"{first} → {then}"
