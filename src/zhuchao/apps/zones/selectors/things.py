"""What can be done to which thing, as far as permissions tell things apart, and what both are called."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """What can be done to a thing."""

    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    VOID = "void"
    ASSIGN = "assign"
    IMPORT = "import"
    EXPORT = "export"
    REVEAL = "reveal"
    MANAGE = "manage"


class Thing(StrEnum):
    """What a zone keeps, as far as permissions tell it apart."""

    ZONE = "zone"
    PERSON = "person"
    DEPARTMENT = "department"
    DUTY = "duty"
    BRAND = "brand"
    ALLIANCE = "alliance"
    SECTOR = "sector"
    ENTERPRISE = "enterprise"
    CONTACT = "contact"
    FILING = "filing"
    FIRM_DOCUMENT = "firm_document"
    SITE = "site"
    UNIT = "unit"
    REVITALISATION = "revitalisation"
    WORKS = "works"
    RENEWAL = "renewal"
    RELOCATION = "relocation"
    CLUSTER = "cluster"
    ENCLAVE = "enclave"
    HOLD = "hold"
    LEASE = "lease"
    ARRIVAL = "arrival"
    LEAD = "lead"
    ACTIVITY = "activity"
    CHAIN = "chain"
    PLACING = "placing"
    PROJECT = "project"
    GATE = "gate"
    INVESTMENT = "investment"
    INSPECTION = "inspection"
    BOND = "bond"
    UPGRADE = "upgrade"
    GREEN = "green"
    MATTER = "matter"
    PROCEDURE = "procedure"
    CASE = "case"
    TASK = "task"
    CREDIT = "credit"
    COVENANT = "covenant"
    POLICY = "policy"
    OUTREACH = "outreach"
    APPLICATION = "application"
    PAYMENT = "payment"
    TARGET = "target"
    OBSERVATION = "observation"
    REPORT = "report"
    CHANGE_LOG = "change_log"
    PORTAL = "portal"
    ENQUIRY = "enquiry"
    FIRM_LINK = "firm_link"
    OUTBOX = "outbox"


VERB_NAMES = {
    Verb.VIEW: _("查看"),
    Verb.ADD: _("新增"),
    Verb.CHANGE: _("修改"),
    Verb.VOID: _("作废"),
    Verb.ASSIGN: _("指派"),
    Verb.IMPORT: _("导入"),
    Verb.EXPORT: _("导出"),
    Verb.REVEAL: _("查看完整信息："),
    Verb.MANAGE: _("管理"),
}

THING_NAMES = {
    Thing.ZONE: _("辖区"),
    Thing.PERSON: _("人员"),
    Thing.DEPARTMENT: _("部门"),
    Thing.DUTY: _("值班表"),
    Thing.BRAND: _("服务品牌"),
    Thing.ALLIANCE: _("联动联盟"),
    Thing.SECTOR: _("产业体系"),
    Thing.ENTERPRISE: _("企业"),
    Thing.CONTACT: _("联系人"),
    Thing.FILING: _("企业报表"),
    Thing.FIRM_DOCUMENT: _("企业材料"),
    Thing.SITE: _("载体"),
    Thing.UNIT: _("房源"),
    Thing.REVITALISATION: _("盘活台账"),
    Thing.WORKS: _("建设项目"),
    Thing.RENEWAL: _("城市更新"),
    Thing.RELOCATION: _("征地拆迁"),
    Thing.CLUSTER: _("集聚目标"),
    Thing.ENCLAVE: _("飞地"),
    Thing.HOLD: _("房源预留"),
    Thing.LEASE: _("租赁台账"),
    Thing.ARRIVAL: _("引进计划"),
    Thing.LEAD: _("招商线索"),
    Thing.ACTIVITY: _("招商活动"),
    Thing.CHAIN: _("产业链"),
    Thing.PLACING: _("整体匹配"),
    Thing.PROJECT: _("项目"),
    Thing.GATE: _("阶段要求"),
    Thing.INVESTMENT: _("投资台账"),
    Thing.INSPECTION: _("项目踏勘"),
    Thing.BOND: _("专项债"),
    Thing.UPGRADE: _("技改台账"),
    Thing.GREEN: _("绿色通道"),
    Thing.MATTER: _("审批事项"),
    Thing.PROCEDURE: _("审批流程"),
    Thing.CASE: _("办件"),
    Thing.TASK: _("审批任务"),
    Thing.CREDIT: _("信用记录"),
    Thing.COVENANT: _("协议约定"),
    Thing.POLICY: _("政策"),
    Thing.OUTREACH: _("政策宣传"),
    Thing.APPLICATION: _("政策申报"),
    Thing.PAYMENT: _("政策兑付"),
    Thing.TARGET: _("目标任务"),
    Thing.OBSERVATION: _("指标数据"),
    Thing.REPORT: _("报告"),
    Thing.CHANGE_LOG: _("变更记录"),
    Thing.PORTAL: _("对外门户"),
    Thing.ENQUIRY: _("网上咨询"),
    Thing.FIRM_LINK: _("企业专属链接"),
    Thing.OUTBOX: _("发件箱"),
}
