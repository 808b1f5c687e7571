"""What people fill in for a theme, and the one form by which a window takes in a case. Shape only."""

import re
import uuid
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.zones.models import User, Zone
from zhuchao.web.forms import RecordChoice, ZForm, field_groups

from ..models import Matter, Theme
from ..selectors.matters import own_or_above, rows_of_theme
from ..services.themes import ThemeRow

_WORDS = re.compile(r"[、,，;；]+")
MOST_ROWS = 20
SPARE_ROWS = 2
KINDS = (
    ("text", _("文字")),
    ("number", _("数字")),
    ("day", _("日期")),
    ("choice", _("选择")),
    ("yes", _("是否")),
)
DAY = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")


def _text(label: Any, most: int) -> forms.CharField:
    look = {"class": "form-control form-control-sm", "aria-label": label}
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=look))


def _pick(label: Any, choices: Any) -> forms.ChoiceField:
    look = {"class": "form-select form-select-sm", "aria-label": label}
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.Select(attrs=look))


class ThemeForm(ZForm):
    """A theme with a table of questions and one of matters; a row without its first cell is not there."""

    code = forms.CharField(label=_("主题编码"), max_length=40, help_text=_("同一辖区不能重复"))
    name = forms.CharField(label=_("主题名称"), max_length=80)
    summary = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_open = forms.BooleanField(label=_("可办理"), required=False, initial=True)

    groups: Any = ((_("主题"), ("code", "name", "summary", "is_open")),)

    def __init__(self, *args: Any, actor: User, zone: Zone, more: str = "", **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self._said = tuple(self.fields)
        self._matters = {str(one.pk): one for one in own_or_above(actor, zone).order_by("name")}
        choices = [("", "—"), *((pk, one.name) for pk, one in self._matters.items())]
        self._columns: dict[str, tuple[tuple[str, Any, Any], ...]] = {
            "questions": (
                ("label", _("问题"), lambda: _text(_("问题"), 60)),
                ("kind", _("答法"), lambda: _pick(_("答法"), KINDS)),
                ("choices", _("选项"), lambda: _text(_("选项"), 200)),
                ("required", _("必填"), lambda: _pick(_("必填"), (("", _("否")), ("1", _("是"))))),
            ),
            "matters": (
                ("matter", _("办理事项"), lambda: _pick(_("办理事项"), choices)),
                ("after", _("前置事项"), lambda: _pick(_("前置事项"), choices)),
                ("question", _("只在哪一问"), lambda: _text(_("只在哪一问"), 60)),
                ("answers", _("答这些时办理"), lambda: _text(_("答这些时办理"), 200)),
            ),
        }
        self.counts: dict[str, int] = {}
        for table, columns in self._columns.items():
            said = str((self.data if self.is_bound else self.initial).get(f"{table}-count", ""))
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
            is_fresh = not self.is_bound and not more
            number += SPARE_ROWS if more == table or is_fresh else 0
            self.counts[table] = min(number, MOST_ROWS)
            for place in range(self.counts[table]):
                for name, _label, make in columns:
                    self.fields[f"{table}-{place}-{name}"] = make()

    @property
    def shown_groups(self) -> list[dict[str, Any]]:
        """Return the groups of the fields that stand one below the other."""
        return [group for group in field_groups(self) if group["title"]]

    @property
    def tables(self) -> list[dict[str, Any]]:
        """Return the tables of rows, as the template of rows takes them."""
        words = {
            "questions": (_("一张表的问题"), _("申请人只填这一张表；选项用顿号隔开")),
            "matters": (
                _("联办事项"),
                _("没有前置的同时开始；“只在哪一问”写问题的文字，答案是“是”的写“是”，不填为都办"),
            ),
        }
        return [
            {
                "key": table,
                "title": words[table][0],
                "hint": words[table][1],
                "count": self.counts[table],
                "labels": [label for _name, label, _make in columns],
                "rows": [self._controls(table, place) for place in range(self.counts[table])],
                "is_full": self.counts[table] >= MOST_ROWS,
            }
            for table, columns in self._columns.items()
        ]

    def _controls(self, table: str, place: int) -> list[BoundField]:
        return [self[f"{table}-{place}-{name}"] for name, _label, _make in self._columns[table]]

    def clean(self) -> dict[str, Any]:
        """Gather the rows as ``questions`` and ``matters``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        keys = {one["label"]: one["key"] for one in self.initial.get("questions_said", ())}
        questions = []
        for place in range(self.counts["questions"]):
            row = self._row("questions", place, values)
            if row["label"].strip():
                label = " ".join(row["label"].split())
                questions.append(
                    {
                        "key": keys.get(label, f"q{place + 1}-{uuid.uuid4().hex[:4]}"),
                        "label": label,
                        "kind": row["kind"] or "text",
                        "choices": [one.strip() for one in _WORDS.split(row["choices"]) if one.strip()],
                        "required": bool(row["required"]),
                    }
                )
        by_label = {one["label"]: one for one in questions}
        matters = []
        for place in range(self.counts["matters"]):
            row = self._row("matters", place, values)
            if row["matter"]:
                when = self._when(row, by_label, f"matters-{place}-question")
                matters.append(ThemeRow(self._matters[row["matter"]], self._matters.get(row["after"]), when))
        said = {name: values[name] for name in self._said if name in values}
        return said | {"questions": questions, "matters": matters}

    def _when(self, row: dict[str, str], by_label: dict[str, Any], name: str) -> dict[str, Any]:
        label = " ".join(row["question"].split())
        if not label:
            return {}
        asked = by_label.get(label)
        if asked is None:
            self.add_error(name, _("上面没有这个问题。"))
            return {}
        answers = [one.strip() for one in _WORDS.split(row["answers"]) if one.strip()]
        if asked["kind"] == "yes":
            answers = ["yes"]
        return {"key": asked["key"], "is": answers}

    def _row(self, table: str, place: int, values: dict[str, Any]) -> dict[str, str]:
        return {
            name: values.get(f"{table}-{place}-{name}") or "" for name, _label, _make in self._columns[table]
        }

    @staticmethod
    def of(theme: Theme) -> dict[str, Any]:
        """Return what the theme says, for filling in."""
        said: dict[str, Any] = {name: getattr(theme, name) for name in ThemeForm.base_fields}
        rows = rows_of_theme(theme)
        said |= {"questions-count": len(theme.questions), "matters-count": len(rows)}
        said["questions_said"] = theme.questions
        labels = {one["key"]: one for one in theme.questions}
        for place, one in enumerate(theme.questions):
            said[f"questions-{place}-label"] = one["label"]
            said[f"questions-{place}-kind"] = one["kind"]
            said[f"questions-{place}-choices"] = listed(one.get("choices", ()))
            said[f"questions-{place}-required"] = "1" if one.get("required") else ""
        for place, row in enumerate(rows):
            said[f"matters-{place}-matter"] = str(row.matter_id)
            said[f"matters-{place}-after"] = str(row.after.matter_id) if row.after else ""
            asked = labels.get(row.when.get("key", "")) if row.when else None
            if asked is not None:
                said[f"matters-{place}-question"] = asked["label"]
                said[f"matters-{place}-answers"] = (
                    _("是") if asked["kind"] == "yes" else listed(row.when.get("is", ()))
                )
        return said


class IntakeForm(ZForm):
    """The one form of a case: whose it is, and the questions of its theme."""

    enterprise = RecordChoice(
        Enterprise.objects.none(), label=_("企业"), required=False, help_text=_("个人办理的不填")
    )
    contact = forms.CharField(label=_("联系人"), max_length=40, required=False)
    title = forms.CharField(label=_("办件名称"), max_length=120)
    elsewhere = forms.CharField(
        label=_("通办地区"),
        max_length=120,
        required=False,
        help_text=_("由外地窗口代收的，填哪个地区、哪个窗口"),
    )
    request_key = forms.CharField(max_length=40, widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, actor: User, theme: Theme | None = None, takes_over: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["enterprise"]
        field.queryset = visible_enterprises(actor).order_by("name")  # type: ignore[attr-defined]
        self.fields["request_key"].initial = uuid.uuid4().hex
        if not takes_over:
            del self.fields["elsewhere"]
        self._questions = theme.questions if theme is not None else []
        for one in self._questions:
            self.fields[f"answer-{one['key']}"] = _question(one)

    def clean(self) -> dict[str, Any]:
        """Gather what was answered as ``answers``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        answers = {one["key"]: values.pop(f"answer-{one['key']}", None) for one in self._questions}
        said = {key: "yes" if value is True else value for key, value in answers.items()}
        values["answers"] = {
            key: str(value) if value not in (None, False) else "" for key, value in said.items()
        }
        return values


def _question(one: dict[str, Any]) -> forms.Field:
    """Return the control of a question."""
    label, required = one["label"], bool(one.get("required"))
    kind = one["kind"]
    if kind == "number":
        return forms.DecimalField(label=label, required=required)
    if kind == "day":
        return forms.DateField(label=label, required=required, widget=DAY)
    if kind == "yes":
        return forms.BooleanField(label=label, required=False)
    if kind == "choice":
        choices = [(word, word) for word in one.get("choices", ())]
        return forms.ChoiceField(label=label, required=required, choices=[("", "—"), *choices])
    return forms.CharField(label=label, required=required, max_length=200)


class HandOverForm(ZForm):
    """To which region and window a task is handed."""

    region = forms.CharField(label=_("通办地区"), max_length=120, help_text=_("哪个省市、哪个窗口"))
    note = forms.CharField(label=_("说明"), max_length=150, required=False)


class HandBackForm(ZForm):
    """What the other region decided."""

    note = forms.CharField(label=_("对方办理结果"), max_length=300)


def title_of(way: Theme | Matter, enterprise: Enterprise | None) -> str:
    """Return how a case is called unless the window says otherwise."""
    return f"{enterprise.name} {way.name}"[:120] if enterprise is not None else way.name
