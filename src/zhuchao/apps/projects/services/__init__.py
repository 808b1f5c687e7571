"""The verbs on projects. Each is one transaction and ends with a change."""

from .advance import add_progress, correct_progress, void_progress
from .agreements import (
    add_agreement,
    amend_agreement,
    change_agreement,
    discard_agreement,
    end_agreement,
    review_agreement,
    sign_agreement,
    void_agreement_review,
)
from .covenants import add_covenant, change_covenant, record_finding, remove_covenant, void_finding
from .gate_evidence import Given, correct_gate_evidence, give_gate_evidence, void_gate_evidence
from .gate_rules import ItemSaid, adopt_gate_rules, adopt_where_none, set_gate_rule, void_gate_rule
from .labels import add_batch_place, add_label, convert_batch_place, void_batch_place, void_label
from .letters import (
    answer_letter,
    approve_letter,
    change_letter,
    draft_letter,
    draft_letters_due,
    drop_letter,
    send_letter,
)
from .lights import (
    correct_light_override,
    override_light,
    set_light_rule,
    void_light_override,
    void_light_rule,
)
from .milestones import add_milestone, change_milestone, meet_milestone, remove_milestone
from .money import add_investment, correct_investment, set_annual_plan, void_investment
from .papers import letter_paper, recheck_paper
from .projects import add_project, change_project, hand_over_project
from .rechecks import drop_recheck, open_recheck, sign_recheck, write_opinions
from .stages import correct_stage, record_stage, void_stage
from .stat_windows import remove_stat_window, set_stat_window, set_stat_windows_of_year
from .vouchers import approve_investments, attach_evidence, withdraw_approval
from .works import set_project_works

__all__ = [
    "Given",
    "ItemSaid",
    "add_agreement",
    "add_batch_place",
    "add_covenant",
    "add_investment",
    "add_label",
    "add_milestone",
    "add_progress",
    "add_project",
    "adopt_gate_rules",
    "adopt_where_none",
    "amend_agreement",
    "answer_letter",
    "approve_investments",
    "approve_letter",
    "attach_evidence",
    "change_agreement",
    "change_covenant",
    "change_letter",
    "change_milestone",
    "change_project",
    "convert_batch_place",
    "correct_gate_evidence",
    "correct_investment",
    "correct_light_override",
    "correct_progress",
    "correct_stage",
    "discard_agreement",
    "draft_letter",
    "draft_letters_due",
    "drop_letter",
    "drop_recheck",
    "end_agreement",
    "give_gate_evidence",
    "hand_over_project",
    "letter_paper",
    "meet_milestone",
    "open_recheck",
    "override_light",
    "recheck_paper",
    "record_finding",
    "record_stage",
    "remove_covenant",
    "remove_milestone",
    "remove_stat_window",
    "review_agreement",
    "send_letter",
    "set_annual_plan",
    "set_gate_rule",
    "set_light_rule",
    "set_project_works",
    "set_stat_window",
    "set_stat_windows_of_year",
    "sign_agreement",
    "sign_recheck",
    "void_agreement_review",
    "void_batch_place",
    "void_finding",
    "void_gate_evidence",
    "void_gate_rule",
    "void_investment",
    "void_label",
    "void_light_override",
    "void_light_rule",
    "void_progress",
    "void_stage",
    "withdraw_approval",
    "write_opinions",
]
