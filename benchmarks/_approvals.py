"""The procedure that the approval measurements plan: 19 tasks of 11 departments, with made-up hours."""

import random
from dataclasses import replace
from typing import Any

HOURS_A_DAY = 7
DAY = HOURS_A_DAY * 60

PROCEDURE = """\
name: 拿地即开工（工时为示意）
stages: [立项用地规划许可, 工程建设许可, 施工许可, 竣工验收]
departments: {经发: 1, 资规: 1, 财政: 1, 税务: 1, 登记: 1, 生态: 1, 水务: 1, 应急: 1, 人防: 1, 住建: 1, 审批: 1}
tasks:
- {key: T01, name: 企业投资项目备案, stage: 立项用地规划许可, department: 经发, review_hours: 1, issue_hours: 0:15,
  gives: [项目代码], early: true}
- {key: T02, name: 规划条件与出让方案, stage: 立项用地规划许可, department: 资规, review_hours: 7, issue_hours: 0:30,
  gives: [规划条件], early: true}
- {key: T03, name: 挂牌出让与成交确认, stage: 立项用地规划许可, department: 资规, review_hours: 14, issue_hours: 0:30,
  needs: [规划条件], gives: [成交确认书], early: true}
- {key: T04, name: 签订出让合同, stage: 立项用地规划许可, department: 资规, review_hours: 0, issue_hours: 1,
  needs: [成交确认书], gives: [出让合同]}
- {key: T05, name: 缴纳出让价款, stage: 立项用地规划许可, department: 财政, review_hours: 0, issue_hours: 1,
  needs: [出让合同], gives: [缴款凭证]}
- {key: T06, name: 契税申报缴纳, stage: 立项用地规划许可, department: 税务, review_hours: 0, issue_hours: 0:30,
  needs: [出让合同, 缴款凭证], gives: [完税证明]}
- {key: T07, name: 不动产首次登记, stage: 立项用地规划许可, department: 登记, review_hours: 7, issue_hours: 1,
  needs: [出让合同, 缴款凭证, 完税证明], late: [缴款凭证, 完税证明], gives: [不动产权证书], early: true, certificate: true}
- {key: T08, name: 建设用地规划许可证, stage: 立项用地规划许可, department: 资规, review_hours: 7, issue_hours: 0:30,
  needs: [项目代码, 出让合同, 规划条件], gives: [用地规划证], early: true, certificate: true}
- {key: T09, name: 环境影响评价, stage: 立项用地规划许可, department: 生态, review_hours: 49, issue_hours: 0:30,
  needs: [项目代码], gives: [环评批复], pledge: true, early: true}
- {key: T10, name: 水土保持方案, stage: 立项用地规划许可, department: 水务, review_hours: 21, issue_hours: 0:30,
  needs: [项目代码], gives: [水保许可], pledge: true, early: true}
- {key: T11, name: 节能审查, stage: 立项用地规划许可, department: 经发, review_hours: 35, issue_hours: 0:30,
  needs: [项目代码], gives: [节能意见], pledge: true, early: true}
- {key: T12, name: 安全条件审查, stage: 立项用地规划许可, department: 应急, review_hours: 70, issue_hours: 1,
  needs: [项目代码], gives: [安全意见], early: true}
- {key: T13, name: 设计方案联合审查, stage: 工程建设许可, department: 资规, review_hours: 49, issue_hours: 0:30,
  needs: [规划条件], gives: [方案意见], early: true}
- {key: T14, name: 建设工程规划许可证, stage: 工程建设许可, department: 资规, review_hours: 7, issue_hours: 0:30,
  needs: [方案意见, 用地规划证, 不动产权证书], late: [不动产权证书], gives: [工程规划证], early: true, certificate: true}
- {key: T15, name: 人防审批, stage: 工程建设许可, department: 人防, review_hours: 21, issue_hours: 0:30,
  needs: [方案意见], gives: [人防意见], pledge: true, early: true}
- {key: T16, name: 施工图审查, stage: 施工许可, department: 住建, review_hours: 70, issue_hours: 0:30,
  needs: [方案意见], gives: [施工图合格书], early: true, certificate: true}
- {key: T17, name: 质量安全监督, stage: 施工许可, department: 住建, review_hours: 7, issue_hours: 0:30, gives: [监督登记],
  early: true}
- {key: T18, name: 建筑工程施工许可证, stage: 施工许可, department: 审批, review_hours: 7, issue_hours: 0:30,
  needs: [不动产权证书, 用地规划证, 工程规划证, 施工图合格书, 监督登记, 人防意见, 环评批复, 水保许可, 节能意见, 安全意见],
  gives: [施工许可证], early: true, certificate: true}
- {key: T19, name: 联合验收准备, stage: 竣工验收, department: 住建, review_hours: 1, issue_hours: 0, needs: [项目代码],
  pledge: true, early: true}
"""


def procedure(chance: random.Random | None = None) -> Any:
    """Return the network; with `chance` each review takes between half and one and a half of its hours."""
    from zhuchao.engines.scheduling import Network, read_template

    network = read_template(PROCEDURE).network
    if chance is None:
        return network
    tasks = tuple(replace(task, review=_about(task.review, chance)) for task in network.tasks)
    return Network(tasks, network.departments, network.held)


def _about(minutes: int, chance: random.Random) -> int:
    return round(minutes * chance.uniform(0.5, 1.5) / 15) * 15


def percent(times: list[float], part: int) -> float:
    """Return a percentile of times in seconds, in milliseconds."""
    from _measuring import percentile

    return percentile([one * 1000 for one in times], part)
