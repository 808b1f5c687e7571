from typing import Any

from django.db import migrations


def _to_premises(apps: Any, schema_editor: Any) -> None:
    """Copy every picture to premises as one that the public sees, as it was."""
    kept = apps.get_model("premises", "Picture")
    rows = apps.get_model("portal", "Picture").objects.order_by("pk")
    names = ("zone_id", "site_id", "unit_id", "kind", "file_id", "caption")
    kept.objects.bulk_create(
        [
            kept(is_public=True, **dict(zip(names, values, strict=True)))
            for values in rows.values_list(*names).iterator(chunk_size=500)
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_door"),
        ("premises", "0010_pictures"),
    ]

    operations = [
        migrations.RunPython(_to_premises, migrations.RunPython.noop),
        migrations.DeleteModel(name="Picture"),
    ]
