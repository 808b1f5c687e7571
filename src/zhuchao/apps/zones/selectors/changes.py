"""The change log as the people of a zone may read it."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import Change

from ..models import User
from .permissions import THING_NAMES, Thing, Verb, zone_ids

# What every verb that a service records is called; one of an older program stands as it is.
VERB_WORDS: dict[str, str | Promise] = {
    "add": gettext_lazy("新增"),
    "edit": gettext_lazy("修改"),
    "correct": gettext_lazy("更正"),
    "void": gettext_lazy("作废"),
    "import": gettext_lazy("导入"),
    "export": gettext_lazy("导出"),
    "assign": gettext_lazy("指派"),
    "hand_over": gettext_lazy("交接"),
    "reveal": gettext_lazy("查看完整信息"),
    "tie_works": gettext_lazy("关联建设项目"),
    "add_role": gettext_lazy("添加角色"),
    "end_role": gettext_lazy("结束角色"),
    "take_back_role": gettext_lazy("撤回角色"),
    "reset_password": gettext_lazy("重置密码"),
    "deactivate": gettext_lazy("停用账号"),
    "reactivate": gettext_lazy("启用账号"),
    "sign_in": gettext_lazy("登录"),
    "sign_in_failed": gettext_lazy("登录失败"),
    "sign_out": gettext_lazy("退出登录"),
    "change_password": gettext_lazy("修改密码"),
    "activate_totp": gettext_lazy("启用两步验证"),
    "deactivate_totp": gettext_lazy("停用两步验证"),
    "make_recovery_codes": gettext_lazy("生成备用验证码"),
    "fill": gettext_lazy("轮流排班"),
    "swap": gettext_lazy("对换"),
    "remove": gettext_lazy("取消"),
    "end": gettext_lazy("停用"),
    "send_again": gettext_lazy("重新发送"),
    "review": gettext_lazy("复核"),
    "recommend": gettext_lazy("推荐政策"),
    "tell": gettext_lazy("通知"),
    "open": gettext_lazy("打开"),
    "revoke": gettext_lazy("停用"),
    "set_brand": gettext_lazy("设置品牌"),
    "join": gettext_lazy("加入"),
    "leave": gettext_lazy("退出"),
    "set_up": gettext_lazy("初始化"),
    "keep_file": gettext_lazy("存入文件"),
    "change": gettext_lazy("修改"),
    "upload": gettext_lazy("上传文件"),
    "choose_sheet": gettext_lazy("选择工作表"),
    "set_mapping": gettext_lazy("核对列对应"),
    "try_import": gettext_lazy("试算"),
    "import_file": gettext_lazy("导入"),
    "start_job": gettext_lazy("开始工作"),
    "cancel_job": gettext_lazy("取消工作"),
    "load_calendar": gettext_lazy("更新工作日历"),
    "save_view": gettext_lazy("保存视图"),
    "delete_view": gettext_lazy("删除视图"),
    "demo": gettext_lazy("载入示例数据"),
    "view": gettext_lazy("查看"),
    "record_stage": gettext_lazy("登记阶段"),
    "stage": gettext_lazy("变更阶段"),
    "correct_stage": gettext_lazy("更正阶段"),
    "void_stage": gettext_lazy("作废阶段"),
    "change_state": gettext_lazy("变更状态"),
    "state": gettext_lazy("变更状态"),
    "correct_state": gettext_lazy("更正状态"),
    "void_state": gettext_lazy("作废状态"),
    "add_investment": gettext_lazy("登记投资"),
    "correct_investment": gettext_lazy("更正投资"),
    "void_investment": gettext_lazy("作废投资"),
    "plan": gettext_lazy("新增节点"),
    "replan": gettext_lazy("调整节点"),
    "meet": gettext_lazy("完成节点"),
    "remove_plan": gettext_lazy("删除节点"),
    "add_node": gettext_lazy("新增环节"),
    "draft_application": gettext_lazy("起草申报"),
    "step_application": gettext_lazy("办理申报"),
    "take_back_step": gettext_lazy("退回上一步"),
    "confirm_exempt": gettext_lazy("确认免申即享"),
    "set_schedule": gettext_lazy("排定兑付"),
    "accept_evidence": gettext_lazy("认可兑付佐证"),
    "void_evidence": gettext_lazy("作废兑付佐证"),
    "make_batch": gettext_lazy("编制兑付批次"),
    "leave_batch": gettext_lazy("移出兑付批次"),
    "send_batch": gettext_lazy("拨付批次"),
    "void_grant_payment": gettext_lazy("作废拨付"),
    "record_receipt": gettext_lazy("登记回单"),
    "void_receipt": gettext_lazy("作废回单"),
    "allocate_budget": gettext_lazy("安排预算"),
    "void_budget": gettext_lazy("作废预算"),
    "set_terms": gettext_lazy("设置兑现办法"),
    "add_review": gettext_lazy("登记公平竞争审查"),
    "void_review": gettext_lazy("作废公平竞争审查"),
    "place": gettext_lazy("上链"),
    "link": gettext_lazy("登记配套"),
    "add_capital": gettext_lazy("登记外资"),
    "book_viewing": gettext_lazy("预约踏勘"),
    "outcome": gettext_lazy("填写结果"),
    "set_needs": gettext_lazy("填写需求"),
    "set_plan": gettext_lazy("设定年度计划"),
    "label": gettext_lazy("添加标签"),
    "void_label": gettext_lazy("取消标签"),
    "tag": gettext_lazy("添加标签"),
    "correct_tag": gettext_lazy("更正标签"),
    "void_tag": gettext_lazy("取消标签"),
    "replace_document": gettext_lazy("换新材料"),
    "withdraw_document": gettext_lazy("撤回材料"),
    "give_consent": gettext_lazy("登记同意"),
    "withdraw_consent": gettext_lazy("撤回同意"),
    "use_document": gettext_lazy("使用材料"),
    "void_use": gettext_lazy("作废使用记录"),
    "add_to_batch": gettext_lazy("列入三个一批"),
    "void_batch_place": gettext_lazy("移出批次"),
    "merge": gettext_lazy("合并"),
    "unmerge": gettext_lazy("撤销合并"),
    "name": gettext_lazy("更名"),
    "void_name": gettext_lazy("作废名称"),
    "order": gettext_lazy("生成月报"),
    "make": gettext_lazy("生成 Word 文件"),
    "pool_lapsed": gettext_lazy("久未跟进，退回公海"),
    "pool_returned": gettext_lazy("退回公海"),
    "pool_claimed": gettext_lazy("领取"),
    "open_door": gettext_lazy("开放门户"),
    "close_door": gettext_lazy("关闭门户"),
    "show_policies": gettext_lazy("公开政策"),
    "hide_policies": gettext_lazy("关闭政策页面"),
    "make_link": gettext_lazy("生成企业链接"),
    "open_link": gettext_lazy("打开企业链接"),
    "leave_link": gettext_lazy("退出企业链接"),
    "revoke_link": gettext_lazy("撤销企业链接"),
    "propose_fact": gettext_lazy("企业填报更正"),
    "accept_proposal": gettext_lazy("采纳企业填报"),
    "refuse_proposal": gettext_lazy("不采纳企业填报"),
    "publish": gettext_lazy("发布"),
    "adopt": gettext_lazy("引入"),
    "withdraw": gettext_lazy("撤下"),
    "enquire": gettext_lazy("网上咨询"),
    "answer": gettext_lazy("答复咨询"),
    "forget": gettext_lazy("删除联系方式"),
    "first_contact": gettext_lazy("登记首招"),
    "dispute": gettext_lazy("提出首招争议"),
    "argue": gettext_lazy("陈述"),
    "decide": gettext_lazy("裁定"),
    "split_credit": gettext_lazy("分配功劳"),
    "offer_referral": gettext_lazy("转介"),
    "accept_referral": gettext_lazy("接收转介"),
    "declined_referral": gettext_lazy("谢绝转介"),
    "withdrawn_referral": gettext_lazy("撤回转介"),
    "check_talks": gettext_lazy("查询是否在谈"),
    "hold": gettext_lazy("预留房源"),
    "release": gettext_lazy("释放预留"),
    "hold_for": gettext_lazy("为线索预留房源"),
    "order_plan": gettext_lazy("发起整体匹配"),
    "make_plan": gettext_lazy("算出整体匹配"),
    "hold_row": gettext_lazy("按方案预留房源"),
    "swap_units": gettext_lazy("调换租约房源"),
    "sign_for": gettext_lazy("线索与房源一起签约"),
    "sign": gettext_lazy("登记签约"),
    "renew": gettext_lazy("登记续租"),
    "end_lease": gettext_lazy("提前终止租约"),
    "settle": gettext_lazy("按租约更新房源状态"),
    "pay": gettext_lazy("登记收付款"),
    "correct_payment": gettext_lazy("更正收付款"),
    "void_payment": gettext_lazy("作废收付款"),
    "split": gettext_lazy("拆分房源"),
    "arrive": gettext_lazy("登记引进"),
    "call_off": gettext_lazy("取消引进计划"),
    "reopen": gettext_lazy("恢复引进计划"),
    "progress": gettext_lazy("登记形象进度"),
    "record": gettext_lazy("登记条目"),
    "file": gettext_lazy("登记报表"),
}
OTHER_THINGS: dict[str, str | Promise] = {
    "user": THING_NAMES[Thing.PERSON],
    "membership": gettext_lazy("角色"),
    "dutyshift": THING_NAMES[Thing.DUTY],
    "assignment": gettext_lazy("指派"),
    "apitoken": gettext_lazy("接口令牌"),
    "catalogueitem": gettext_lazy("目录条目"),
    "attachment": gettext_lazy("文件"),
    "importbatch": gettext_lazy("导入"),
    "job": gettext_lazy("工作"),
    "savedview": gettext_lazy("视图"),
    "calendarday": gettext_lazy("工作日历"),
    "door": THING_NAMES[Thing.PORTAL],
    "listing": gettext_lazy("对外发布"),
    "unitlisting": gettext_lazy("对外发布"),
    "policylisting": gettext_lazy("对外发布"),
    "firmlink": THING_NAMES[Thing.FIRM_LINK],
    "factproposal": gettext_lazy("企业填报"),
    "picture": gettext_lazy("图片"),
    "screen": gettext_lazy("大屏"),
}
WHY_BROKEN: dict[str, str | Promise] = {
    "missing": gettext_lazy("这一条不见了"),
    "not_linked": gettext_lazy("这一条没有接在前一条之后"),
    "altered": gettext_lazy("这一条的内容被改过"),
    "behind_the_end": gettext_lazy("这一条是在链条末端之后添加的"),
    "headless": gettext_lazy("链条的末端记录不见了"),
}


def visible_changes(actor: User | AnonymousUser | None) -> QuerySet[Change]:
    """Return the links of the chains of the zones whose change log this person may read."""
    return Change.objects.filter(scope__in=zone_ids(actor, Verb.VIEW, Thing.CHANGE_LOG))


def get_change(actor: User | AnonymousUser | None, pk: int) -> Change:
    """Return one link; raises NotFound when it is hidden or missing."""
    change = visible_changes(actor).filter(pk=pk).first()
    if change is None:
        raise NotFound(what=_("该变更记录"))
    return change


def verb_name(verb: str) -> str:
    """Return what a verb of the change log is called."""
    return str(VERB_WORDS.get(verb, verb))


def thing_name(label: str) -> str:
    """Return what a kind of rows is called (``promotion.lead`` -> 招商线索)."""
    name = label.rpartition(".")[2]
    known = {str(thing): words for thing, words in THING_NAMES.items()} | OTHER_THINGS
    return str(known.get(name, label))
