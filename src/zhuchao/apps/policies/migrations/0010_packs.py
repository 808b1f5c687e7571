"""Packs that were uploaded, and which version of a policy came out of which."""

import django.db.models.deletion
from django.db import migrations, models

from zhuchao.apps.core.models.create_models import CreateModels


class Migration(migrations.Migration):
    dependencies = [("policies", "0009_comparisons"), ("zones", "0003_outbox")]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="PolicyAdoption",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pack", models.CharField(blank=True, max_length=60, verbose_name="政策包名称")),
                        ("pack_policy", models.CharField(max_length=64, verbose_name="政策编号")),
                        ("pack_version", models.PositiveIntegerField(verbose_name="版本号")),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "source_title",
                            models.CharField(blank=True, max_length=200, verbose_name="来源文件"),
                        ),
                        (
                            "source_article",
                            models.CharField(blank=True, max_length=100, verbose_name="来源条款"),
                        ),
                        (
                            "source_note",
                            models.CharField(blank=True, max_length=500, verbose_name="来源说明"),
                        ),
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adoption",
                                to="policies.policyversion",
                            ),
                        ),
                        (
                            "zone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="zones.zone",
                                verbose_name="辖区",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["zone", "pack", "pack_policy"], name="policyadoption_of_pack"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyPack",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(default=1, editable=False, verbose_name="版本"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                        ("name", models.CharField(max_length=60, verbose_name="政策包名称")),
                        ("files", models.JSONField(default=dict, verbose_name="文件")),
                        (
                            "zone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="zones.zone",
                                verbose_name="辖区",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("zone", "name"), name="policypack_name_once_a_zone"
                            )
                        ],
                    },
                ),
            ]
        )
    ]
