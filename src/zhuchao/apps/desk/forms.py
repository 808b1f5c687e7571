"""What people fill in at their desk. Shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import ColumnView, Ledger


class SnoozeForm(forms.Form):
    """Put a card off by some days."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    days = forms.IntegerField(label=_("推迟天数"), min_value=1, max_value=31)


class UploadForm(forms.Form):
    """A ledger as a file."""

    file = forms.FileField(
        label=_("台账文件"),
        allow_empty_file=True,
        help_text=_(".xlsx、.xls 或 .csv，不超过 50 MB、20 万行。标题行、单位、合计行都可以保留。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.txt"}),
    )


class SheetForm(forms.Form):
    """Which sheet of the workbook to read."""

    sheet = forms.ChoiceField(label=_("工作表"))

    def __init__(self, *args: object, sheets: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["sheet"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(name, name) for name in sheets]


class ColumnsForm(forms.Form):
    """Which column of the file is which field, and what its bare numbers are in."""

    def __init__(
        self, *args: object, columns: Sequence[ColumnView], ledger: Ledger, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        fields: list[tuple[str, Any]] = [("", _("不导入"))]
        fields += [(field.name, f"{field.label}{' *' if field.required else ''}") for field in ledger.fields]
        for column in columns:
            self.fields[f"field-{column.index}"] = forms.ChoiceField(
                label=column.header or _("第 %(n)d 列") % {"n": column.index + 1},
                choices=fields,
                initial=column.field,
                required=False,
            )
            if column.units:
                self.fields[f"unit-{column.index}"] = forms.ChoiceField(
                    label=_("单位"),
                    choices=[(unit, unit) for unit in column.units],
                    initial=column.unit,
                    required=False,
                )

    def mapping(self, columns: Sequence[ColumnView]) -> dict[str, dict[str, str]]:
        """Return what was chosen; a unit counts where it differs from the one understood."""
        said = self.cleaned_data
        chosen = {str(column.index): said[f"field-{column.index}"] for column in columns}
        units = {str(column.index): said.get(f"unit-{column.index}") or "" for column in columns}
        understood = {str(column.index): column.unit for column in columns}
        return {
            "fields": {index: name for index, name in chosen.items() if name},
            "units": {index: unit for index, unit in units.items() if unit and unit != understood[index]},
        }


class ConfirmForm(forms.Form):
    """Whether refused rows may be left out."""

    skip_refused = forms.BooleanField(label=_("跳过有问题的行，导入其余"), required=False)
