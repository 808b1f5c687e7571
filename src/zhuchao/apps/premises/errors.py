"""What premises refuse."""

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError


class SiteExists(DomainError):
    """The zone has a site of this name already, now or before."""

    code = "site_exists"
    message = _("已有载体使用或曾使用名称“{name}”：{site}。")
    next_step = _("请打开该载体，在其上补充楼栋、房源或曾用名。")


class BuildingExists(DomainError):
    """The site has a building of this name already."""

    code = "building_exists"
    message = _("{site}已有楼栋“{name}”。")
    next_step = _("请直接在该楼栋下新增房源，或换一个楼栋名称。")


class UnitExists(DomainError):
    """The floor has a unit of this name already."""

    code = "unit_exists"
    message = _("{place}已有房源“{name}”。")
    next_step = _("请打开该房源修改，或换一个房号。")


class PlaceMismatch(DomainError):
    """The building or floor belongs to another site."""

    code = "place_mismatch"
    message = _("{place}不属于{site}。")
    next_step = _("请重新选择楼栋和楼层。")
    http_status = 422


class WorksExist(DomainError):
    """The site has works of this name already."""

    code = "works_exist"
    message = _("{site}已有建设项目“{name}”。")
    next_step = _("请打开该项目修改，或换一个项目名称。")


class PhasesAboveBudget(DomainError):
    """The phases would come to more than the whole budget."""

    code = "phases_above_budget"
    message = _("各期合计 {phases} 万元，超出总投资预算 {budget} 万元。")
    next_step = _("请核对各期预算，或先调整总投资预算。")
    http_status = 422


class PhaseExists(DomainError):
    """The works have a phase of this number already."""

    code = "phase_exists"
    message = _("{works}已有第 {number} 期。")
    next_step = _("请修改该期，或换一个期次。")


class WorksNotThere(DomainError):
    """An event that the works have not come to, or have had already."""

    code = "works_not_there"
    message = _("{works}{state}，不能登记“{event}”。")
    next_step = _("请核对事项和日期；登记有误的，请在时间线上更正或作废原条目。")


class UnitInUse(DomainError):
    """A unit that somebody uses cannot come into works."""

    code = "unit_in_use"
    message = _("{unit}当前为“{state}”，不能进场施工。")
    next_step = _("请先登记腾退或释放预留，再登记开工。")


class RenewalExists(DomainError):
    """The zone has a renewal of this name already."""

    code = "renewal_exists"
    message = _("已有更新项目“{name}”。")
    next_step = _("请打开该项目修改，或换一个名称。")


class RenewalEvidence(DomainError):
    """What is entered of a renewal says its evidence or source."""

    code = "renewal_evidence"
    message = _("更新台账须有佐证或数据来源。")
    next_step = _("请上传佐证材料，或写明来源，如 2022 年度统计年报。")
    http_status = 422


class UnitStateSame(DomainError):
    """The unit is in this state already, with the same occupant and reason."""

    code = "unit_state_same"
    message = _("{unit}自 {since} 起已是“{state}”。")
    next_step = _("如日期或使用企业登记有误，请在时间线上更正原条目。")


class UnitStateMoved(DomainError):
    """Somebody else changed the unit's state after this person opened it."""

    code = "unit_state_moved"
    message = _("{unit}的状态在您填写期间已由{by}登记为“{state}”（{since}）。")
    next_step = _("请核对最新状态，仍需变更的请再次登记。")


class LastUnitState(DomainError):
    """The only state of a unit cannot be voided: its area would belong to no state."""

    code = "last_unit_state"
    message = _("这是{unit}唯一的状态，不能作废。")
    next_step = _("请更正这条状态，或先登记正确的状态再作废。")


class LineageKept(DomainError):
    """An entry by which a unit came or went in a split or merge keeps its day, its area and its direction."""

    code = "lineage_kept"
    message = _("{unit}在 {on} 的条目来自拆分或合并，日期、面积和去留不能改。")
    next_step = _("如拆并有误，请把拆并后的房源再合并或拆分回来。")


class OutsideLife(DomainError):
    """A state is entered for a day on which the unit was not there."""

    code = "outside_life"
    message = _("{unit}于 {day} 经{way}变更，{on} 不在它存在的时间内。")
    next_step = _("请在拆并前或拆并后的房源上登记。")


class AreaNotConserved(DomainError):
    """The parts of a split do not add up to what is split."""

    code = "area_not_conserved"
    message = _("各部分合计 {parts} ㎡，原房源 {whole} ㎡，相差 {difference} ㎡。")
    next_step = _("拆分不改变总面积，请核对各部分；如实测面积有变，请先修改原房源的面积。")
    http_status = 422


class NotMergeable(DomainError):
    """Units that cannot become one."""

    code = "not_mergeable"
    message = _("{units}不能合并：{why}")
    next_step = _("合并的房源须在同一楼栋、状态和使用企业相同。")


class UnitBound(DomainError):
    """A unit that is held or let under a lease is not split or merged: both name the unit they are of."""

    code = "unit_bound"
    message = _("{unit}有{what}，不能拆分或合并。")
    next_step = _("请先解除预留或终止租约，拆并后在新房源上重新登记。")


class UnitGone(DomainError):
    """A unit that has left the stock is not split or merged."""

    code = "unit_gone"
    message = _("{unit}已于 {since} 退出，不能拆分或合并。")
    next_step = _("请在现存的房源上操作。")


class LastSiteName(DomainError):
    """The only name of a site cannot be voided."""

    code = "last_site_name"
    message = _("这是{site}唯一的名称，不能作废。")
    next_step = _("请先登记正确的名称。")


class EvidenceNeeded(DomainError):
    """A revitalisation without evidence does not count, so it is not taken."""

    code = "evidence_needed"
    message = _("盘活台账必须有佐证：请上传佐证材料，或填写佐证说明。")
    next_step = _("常用佐证：租赁合同编号、签约新闻链接、现场照片、开业证明。")
    http_status = 422


class CountedAlready(DomainError):
    """The same space was counted as revitalised before and has not been idle since."""

    code = "counted_already"
    message = _("{place}已于 {on} 登记盘活 {area} ㎡，同一空间只计一次。")
    next_step = _("如原条目有误，请更正或作废原条目；如再次空置后又盘活，请先登记空置日期。")


class UnitNotVacant(DomainError):
    """A unit that is not vacant cannot be held."""

    code = "unit_not_vacant"
    message = _("{unit}当前为“{state}”，不能预留。")
    next_step = _("请先释放现有预留，或选择其他空置房源。")


class HoldPast(DomainError):
    """A hold would end before the day it is made, or its last day has passed already."""

    code = "hold_past"
    message = _("预留截止日 {until} 早于今天（{today}），没有预留。")
    next_step = _("请填写今天或以后的截止日。")
    http_status = 422


class HoldTooLong(DomainError):
    """A hold would last longer than the zone lets one last."""

    code = "hold_too_long"
    message = _("预留至 {until} 超过最长预留期 {days} 天（最晚 {latest}）。")
    next_step = _("请缩短预留期；到期前仍需保留的，可再延长一次。")
    http_status = 422


class HoldEnded(DomainError):
    """A hold that has ended cannot be released or extended."""

    code = "hold_ended"
    message = _("这项预留{how}（{on}）。")
    next_step = _("如仍需保留，请对空置的房源重新预留。")


class LeaseExists(DomainError):
    """The zone has a lease of this number already."""

    code = "lease_exists"
    message = _("合同编号“{number}”已登记：{tenant}。")
    next_step = _("请打开该租约核对；同一合同不重复登记。")


class LeaseOverlaps(DomainError):
    """Another lease of the unit shares a day with this one."""

    code = "lease_overlaps"
    message = _("{unit}在 {start} 至 {end} 已租给{tenant}（{number}），租期重叠。")
    next_step = _("请核对租期；原租约提前终止的，请先登记终止。")


class UnitTaken(DomainError):
    """The unit is in a state in which nobody else can sign for it."""

    code = "unit_taken"
    message = _("{unit}当前为“{state}”{by}，不能签约。")
    next_step = _("请先核对并变更房源状态，或选择其他房源。")


class UnitHeldForAnother(DomainError):
    """The unit is held for somebody who is not the one who signs."""

    code = "unit_held_for_another"
    message = _("{unit}已为{held_for}预留至 {until}，不能由他人签约。")
    next_step = _("请先释放这项预留，或核对签约方名称。")


class SigningHasLease(DomainError):
    """A signing that a lease came of is not taken back under it."""

    code = "signing_has_lease"
    message = _("这次签约已登记租约 {number}，不能撤销。")
    next_step = _("请先作废或终止这份租约。")


class SigningDone(DomainError):
    """The signing was taken back, or a lease came of it already."""

    code = "signing_done"
    message = _("{who}的这次签约{how}，不能再登记租约。")
    next_step = _("请打开房源页核对；需要时直接登记租约。")


class LeaseOver(DomainError):
    """The lease has ended or is void, so nothing more can be agreed on it."""

    code = "lease_over"
    message = _("租约 {number} 当前为“{state}”，不能{what}。")
    next_step = _("请核对租约；条款登记有误的，请用“变更”更正。")


class AlreadyRenewed(DomainError):
    """The lease has a renewal already."""

    code = "already_renewed"
    message = _("租约 {number} 已续租：{by}。")
    next_step = _("请打开续租的租约修改。")


class LeaseHasPayments(DomainError):
    """A lease with payments cannot be voided: the money would belong to nothing."""

    code = "lease_has_payments"
    message = _("租约 {number} 有 {count} 笔收付款，不能作废。")
    next_step = _("请先逐笔作废收付款，或改为提前终止。")


class ArrivalPlanned(DomainError):
    """The same arrival is planned for the same place and month already."""

    code = "arrival_planned"
    message = _("{who}已列入 {month} {place}的引进计划。")
    next_step = _("请打开原计划修改，不重复登记。")


class ArrivalOver(DomainError):
    """A plan that is done or called off cannot be changed."""

    code = "arrival_over"
    message = _("{who}的引进计划{how}，不能修改。")
    next_step = _("登记有误的，请先恢复计划。")


class RelocationExists(DomainError):
    """The zone has a relocation scheme of this name already."""

    code = "relocation_exists"
    message = _("已有征迁项目“{name}”。")
    next_step = _("请打开该项目登记，或换一个名称。")


class RelocationNumberTaken(DomainError):
    """The scheme has a party of this number already."""

    code = "relocation_number_taken"
    message = _("{scheme}已有户号 {number}。")
    next_step = _("请打开该户登记，或核对户号。")


class RelocationEvidence(DomainError):
    """A step without evidence does not count."""

    code = "relocation_evidence"
    message = _("征迁条目须有佐证材料或佐证说明。")
    next_step = _("请上传协议、交付单等材料，或写明依据。")
    http_status = 422


class RelocationStepTaken(DomainError):
    """The party has come to this step already."""

    code = "relocation_step_taken"
    message = _("{party}已登记“{step}”。")
    next_step = _("登记有误的，请作废原条目后重新登记。")


class RelocationOutOfOrder(DomainError):
    """The steps of a party follow one another."""

    code = "relocation_out_of_order"
    message = _("“{step}”的日期 {day} 与“{other}”的日期 {other_day} 先后不符。")
    next_step = _("请核对两个日期；登记有误的，请先更正。")
    http_status = 422


class RelocationOverpaid(DomainError):
    """No more can be paid than was agreed."""

    code = "relocation_overpaid"
    message = _("{party}已付 {paid} 元，超过协议补偿 {agreed} 元。")
    next_step = _("请核对付款与协议金额；协议金额有变的，请先更正协议条目。")


class ClusterExists(DomainError):
    """The same place has a target for the same firms already."""

    code = "cluster_exists"
    message = _("已有同一载体、同一产业的集聚目标：{target}。")
    next_step = _("请打开原目标更正。")


class EnclaveExists(DomainError):
    """The site is an enclave already."""

    code = "enclave_exists"
    message = _("{site}已登记为飞地。")
    next_step = _("请打开该飞地登记归属比例。")


class EnclaveShareTaken(DomainError):
    """The enclave has a share from that day on already."""

    code = "enclave_share_taken"
    message = _("自 {day} 起的归属比例已登记。")
    next_step = _("登记有误的，请作废原条目后重新登记。")


class EnclaveEvidence(DomainError):
    """A share without evidence does not count."""

    code = "enclave_evidence"
    message = _("归属比例须有佐证材料或佐证说明。")
    next_step = _("请上传共建协议，或写明依据。")
    http_status = 422
