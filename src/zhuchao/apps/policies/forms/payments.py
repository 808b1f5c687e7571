"""What people fill in on the pages of payments. Shape only; the rules are in the services."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.projects.models import Stage
from zhuchao.web.forms import EvidenceField, MoneyField, RowsField, ZForm

from ..models import Instalment, PaymentChannel
from ..services.payments import Line
from . import day, text

LINES = 4
NAMES = ("percent", "condition", "stage", "asked", "planned_on")


class ScheduleForm(ZForm):
    """Up to four instalments; one without a percentage is left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = [
            (_("第 %(n)d 期") % {"n": n}, [f"{name}_{n}" for name in NAMES]) for n in range(1, LINES + 1)
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for n in range(1, LINES + 1):
            if said.get(f"percent_{n}") and not said.get(f"planned_on_{n}"):
                self.add_error(f"planned_on_{n}", _("请填写。"))
        return said

    @property
    def lines(self) -> list[Line]:
        """Return the instalments that were filled in."""
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        said = self.cleaned_data
        for n in range(1, LINES + 1):
            if not said[f"percent_{n}"]:
                continue
            condition = said[f"condition_{n}"]
            yield Line(
                percent=said[f"percent_{n}"],
                condition=condition,
                planned_on=said[f"planned_on_{n}"],
                stage=said[f"stage_{n}"] if condition == Instalment.Condition.STAGE else "",
                asked=said[f"asked_{n}"] if condition == Instalment.Condition.EVIDENCE else "",
            )


def _line_fields(n: int) -> dict[str, forms.Field]:
    return {
        f"percent_{n}": forms.DecimalField(
            label=_("比例（%）"),
            required=False,
            min_value=Decimal("0.01"),
            max_value=Decimal(100),
            decimal_places=2,
        ),
        f"condition_{n}": forms.ChoiceField(label=_("兑付条件"), choices=Instalment.Condition.choices),
        f"stage_{n}": forms.ChoiceField(
            label=_("项目阶段"),
            required=False,
            choices=[("", "—"), *Stage.choices],
            help_text=_("条件为“项目到达阶段”时选择"),
        ),
        f"asked_{n}": text(_("须提交的佐证"), 120, help_text=_("条件为“佐证经认可”时填写，如 年度审计报告")),
        f"planned_on_{n}": day(_("计划拨付")),
    }


# Each line has the same five fields.
for _n in range(1, LINES + 1):
    for _name, _field in _line_fields(_n).items():
        ScheduleForm.base_fields[_name] = _field


class AcceptForm(ZForm):
    """What was seen of the condition of an instalment."""

    on = day(_("认可日期"), required=True)
    evidence = EvidenceField()
    evidence_note = text(_("看到了什么"), 200, lines=2)


class InstalmentsField(RowsField):
    """Instalments to tick, each with its firm, its policy and its amount in yuan."""

    def label_from_instance(self, obj: Any) -> str:
        application = obj.application
        return f"{application.enterprise.name} · {application.policy.title} · {obj} · {obj.amount_cny:,.2f}"


class BatchForm(ZForm):
    """Which instalments go together, and how."""

    channel = forms.ChoiceField(label=_("拨付渠道"), choices=PaymentChannel.choices, initial="fiscal")
    instalments = InstalmentsField(
        Instalment.objects.none(), label=_("可兑付的期次"), widget=forms.CheckboxSelectMultiple
    )
    note = text(_("说明"), 200)

    def __init__(self, *args: Any, rows: QuerySet[Instalment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["instalments"]
        assert isinstance(field, InstalmentsField)
        field.queryset = rows


class SendForm(ZForm):
    """The word of the second person."""

    on = day(_("拨付日期"), required=True)
    checked = forms.BooleanField(label=_("我已逐笔核对企业、账户和金额"))


class PaymentReceiptForm(ZForm):
    """What the bank says."""

    amount_cny = MoneyField(label=_("到账金额"), help_text=_("退回的填 0；与拨付金额不同的记为“金额不符”"))
    on = day(_("到账日期"), required=True)
    reference = text(_("流水号"), 60)
    evidence = EvidenceField(label=_("回单"))
    evidence_note = text(_("说明"), 200)


class BudgetForm(ZForm):
    """Money for a year."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    amount_cny = MoneyField(label=_("金额"), may_be_negative=True, help_text=_("调减的填负数"))
    on = day(_("下达日期"), required=True)
    document_no = text(_("文号"), 80)
    evidence_note = text(_("依据"), 200)
