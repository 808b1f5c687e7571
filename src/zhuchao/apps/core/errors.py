"""Refusals: a code for machines, a sentence for people, data for both, and what to do next."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A request that the rules refuse. Says what happened, why, and what to do next."""

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("这个操作不能完成。")
    next_step: ClassVar[str | Promise] = ""
    http_status: ClassVar[int] = 409

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message).format(**self.data)

    @property
    def next_sentence(self) -> str:
        """Return what the reader can do next, empty when the sentence says it already."""
        return str(self.next_step).format(**self.data)

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON-ready data: code, sentence, next step, data."""
        return {
            "code": self.code,
            "message": str(self),
            "next": self.next_sentence,
            "data": {key: _plain(value) for key, value in self.data.items()},
        }


def _plain(value: Any) -> Any:
    """Return ``value`` as something JSON can carry, without leaking a whole row."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value)


class NotFound(DomainError):
    """The row does not exist or is not for this person to know of: both look the same."""

    code = "not_found"
    message = _("找不到{what}。")
    next_step = _("它可能已被删除，或者不在您可查看的范围内。请从列表中重新选择。")
    http_status = 404


class NotAllowed(DomainError):
    """The person may see the place but not do this there."""

    code = "not_allowed"
    message = _("您没有权限：{verb}{thing}。")
    next_step = _("如工作需要，请联系本单位管理员调整角色。")
    http_status = 403


class Stale(DomainError):
    """Somebody else saved the row after this person opened it."""

    code = "stale"
    message = _("{what}在您编辑期间已被{by}修改。")
    next_step = _("请对照两个版本，逐项选择后再保存。")
    http_status = 409


class Contended(DomainError):
    """Two people wrote the same rows at the same moment, and the database let the other one go first."""

    code = "contended"
    message = _("另一个人正在写入同一批数据，这次没有保存任何内容。")
    next_step = _("请稍等几秒，再提交一次。")
    http_status = 503


class WrongInput(DomainError):
    """A value is not acceptable; ``field`` names it and ``why`` says what would be right."""

    code = "wrong_input"
    message = _("{field}：{why}")
    http_status = 422


class ReasonNeeded(DomainError):
    """A void or an override was asked for without saying why."""

    code = "reason_needed"
    message = _("请填写{what}的原因。")
    next_step = _("原因会永久保留在台账中。")
    http_status = 422


class AlreadyReplaced(DomainError):
    """An entry was corrected or voided twice from the same version."""

    code = "already_replaced"
    message = _("这条台账已被更正或作废，不能再次修改。")
    next_step = _("请打开最新的一条，在其上更正。")


class CalendarNotKnown(DomainError):
    """A working day was asked for beyond the last year whose holidays are published."""

    code = "calendar_not_known"
    message = _("工作日历只确认到{last}，不能推算{day}。")
    next_step = _("请等待国务院办公厅公布下一年度节假日安排后，由管理员更新工作日历。")


class FileTooLarge(DomainError):
    """A file is over the limit; ``limit`` is in whole megabytes."""

    code = "file_too_large"
    message = _("文件超过 {limit} MB，没有接收。")
    next_step = _("请删去无关的工作表和图片，或者拆成几个文件分别上传。")
    http_status = 413


class FileEmpty(DomainError):
    """A file has no content."""

    code = "file_empty"
    message = _("文件“{name}”是空的。")
    next_step = _("请打开原文件确认内容已保存，再重新上传。")
    http_status = 422


class FileTypeRefused(DomainError):
    """The content of a file is of a kind that is not kept, whatever its name says."""

    code = "file_type_refused"
    message = _("文件“{name}”的内容是{found}，这里不能接收。")
    next_step = _("可以接收：{accepted}。")
    http_status = 415


class SvgRefused(DomainError):
    """An SVG does more than draw, or draws from elsewhere; ``hint`` says which rule it breaks."""

    code = "svg_refused"
    message = _("“{name}”不能作为图片保存：{why}。")
    next_step = _("请在绘图软件里另存为“普通 SVG”，去掉脚本、链接和外部引用，或者导出为 PNG。")
    http_status = 415


class PhotoRefused(DomainError):
    """A photo that is to be shown cannot be read, or is too large to be freed of what it says besides."""

    code = "photo_refused"
    message = _("“{name}”不能作为图片保存：{why}。")
    next_step = _("请在看图软件里打开确认，另存为较小的 JPEG 或 PNG 再上传。")
    http_status = 415


class FileLost(DomainError):
    """The bytes of an attachment are no longer on disk, or no longer the ones that were given."""

    code = "file_lost"
    message = _("文件“{name}”已不在存储中，或内容已损坏。")
    next_step = _("请联系管理员从备份恢复文件目录。")
    http_status = 410


class JobCannotBeCancelled(DomainError):
    """A job is over already."""

    code = "job_is_over"
    message = _("“{job}”已经结束（{state}），不能取消。")


class NoSuchLedger(DomainError):
    """No ledger is registered under this kind."""

    code = "no_such_ledger"
    message = _("没有“{kind}”这种台账。")
    next_step = _("可以导入的台账：{kinds}。")
    http_status = 404


class NotAWorkbook(DomainError):
    """A file came under the name of a table and is something else."""

    code = "not_a_workbook"
    message = _("“{name}”不是 Excel 或 CSV 表格，它的内容是{found}。")
    next_step = _("请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再上传。")
    http_status = 422


class WorkbookBroken(DomainError):
    """A workbook cannot be read although it looks like one."""

    code = "workbook_broken"
    message = _("“{name}”已损坏，读不出来。")
    next_step = _("请用 Excel 或 WPS 打开，选择修复，另存为新的 .xlsx，再上传。")
    http_status = 422


class PasswordProtected(DomainError):
    """A workbook opens with a password only."""

    code = "password_protected"
    message = _("“{name}”设有打开密码，读不了里面的内容。")
    next_step = _("请在 Excel 中打开，到“文件—信息—保护工作簿”里取消密码，保存后再上传。")
    http_status = 422


class WorkbookTooLarge(DomainError):
    """A workbook would unfold to more than is read: a damaged or hostile archive."""

    code = "workbook_too_large"
    message = _("“{name}”解开后有 {size} MB，超过上限 {limit} MB，没有打开。")
    next_step = _("请只保留要导入的工作表和有内容的行列，另存为新文件，再上传。")
    http_status = 413


class TooManyRows(DomainError):
    """A sheet has more rows than one import takes."""

    code = "too_many_rows"
    message = _("工作表“{sheet}”超过 {limit} 行，没有读取。")
    next_step = _("请按年份或片区拆成几个文件分别导入。")
    http_status = 413


class SheetMissing(DomainError):
    """The workbook has no such sheet, or none that can be read."""

    code = "sheet_missing"
    message = _("文件里没有可读的工作表“{sheet}”。")
    next_step = _("可选的工作表：{sheets}。")
    http_status = 422


class LedgerNotUnderstood(DomainError):
    """No header was found, or nothing below it; ``sentence`` and ``fix`` say which."""

    code = "ledger_not_understood"
    message = _("{sentence}")
    next_step = _("{fix}")
    http_status = 422


class ColumnMissing(DomainError):
    """A required column is not matched."""

    code = "column_missing"
    message = _("缺少必填列：{labels}。")
    next_step = _("请指定由文件中的哪一列对应，或者在文件里补上这一列。")
    http_status = 422


class ColumnsClaimOneField(DomainError):
    """Two columns are matched to one field."""

    code = "columns_claim_one_field"
    message = _("“{columns}”都对应“{label}”，只能保留一列。")
    next_step = _("请选定其中一列，其余改为“不导入”。")
    http_status = 422


class RowsRefused(DomainError):
    """Some rows of a file are refused, and nobody said that the others may come in without them."""

    code = "rows_refused"
    message = _("有 {count} 行不能导入，因此整个文件都没有导入。")
    next_step = _(
        "请下载标注过的文件，按“筑巢：问题”一列改正后重新上传；或者选择“跳过有问题的行，导入其余”。"
    )
    http_status = 409


class ImportNotTried(DomainError):
    """A file is confirmed before anybody saw what it would do."""

    code = "import_not_tried"
    message = _("“{name}”还没有试算，不能导入。")
    next_step = _("请先确认各列的对应关系并试算，看过结果再导入。")


class ImportIsOver(DomainError):
    """The file was imported already, or is being imported."""

    code = "import_is_over"
    message = _("这个文件{state}，不能再次确认。")
    next_step = _("如需再导入一次，请重新上传；同样的内容不会重复写入。")
