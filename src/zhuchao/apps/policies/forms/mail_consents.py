"""What is filled in of a consent to be written to. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Contact, Enterprise
from zhuchao.web.forms import ZForm

from ..models import MailConsent
from . import day, text


class ContactField(forms.ModelChoiceField[Contact]):
    """A choice of contacts by name and post; the address is shown to nobody here."""

    def label_from_instance(self, contact: Any) -> str:
        return f"{contact.name} {contact.post}".strip()


class MailConsentForm(ZForm):
    """Who agreed, for which contact, how and when."""

    contact = ContactField(Contact.objects.none(), label=_("联系人"), help_text=_("只列登记了邮箱的联系人"))
    given_by = text(_("同意人"), 40, required=True)
    means = forms.ChoiceField(label=_("同意方式"), choices=MailConsent.Means.choices)
    on = day(_("日期"), required=True)

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, zone=enterprise.zone, **kwargs)
        contacts = Contact.objects.filter(enterprise=enterprise).exclude(email="").order_by("-is_main", "pk")
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
