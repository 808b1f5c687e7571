"""The form pages of this app: a form that acts, under the way back to its record."""

from functools import partial

from zhuchao.web import editing

form_response = partial(editing.form_response, template="premises/form.html")
