"""Which building works belong to a project. Shape only; the rules are in the services."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Works
from zhuchao.web.forms import RecordsChoice, ZForm


class ProjectWorksForm(ZForm):
    """The building works of a project."""

    works = RecordsChoice(
        label=_("建设项目"),
        required=False,
        help_text=_("属于这个项目的建设、改造、装修工程；不选则取消关联"),
        lookup=lambda rows, text: rows.filter(name__icontains=text),
    )

    def __init__(self, *args: Any, works: QuerySet[Works], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["works"].queryset = works  # type: ignore[attr-defined]
