"""Icons of the product's sprite."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(name: str, css: str = "") -> SafeString:
    """Return an icon of the sprite; the name is written out whole (``tabler-home``) so that the sprite holds it."""
    name = name if name.startswith("tabler-") else f"tabler-{name}"
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/tabler/icons.svg"),
        name,
    )
