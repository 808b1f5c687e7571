from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _kinds(apps: Any, schema_editor: Any) -> None:
    """Say of every enquiry about a policy that it is one."""
    apps.get_model("portal", "Enquiry").objects.filter(policy__isnull=False).update(kind="policy")


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0003_vault"),
        ("portal", "0003_policies_public"),
        ("zones", "0003_outbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="answers",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="自测答案"),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="kind",
            field=models.CharField(
                choices=[("premises", "载体咨询"), ("policy", "政策咨询")],
                default="premises",
                editable=False,
                max_length=8,
                verbose_name="类别",
            ),
        ),
        migrations.CreateModel(
            name="FirmLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("person", models.CharField(max_length=40, verbose_name="交给谁")),
                ("secret", models.CharField(editable=False, max_length=64, unique=True)),
                ("key", models.CharField(blank=True, editable=False, max_length=64)),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="打开时间"),
                ),
                (
                    "seen_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最近使用"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="撤销时间"),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="door_links",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="生成人",
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
        ),
        migrations.CreateModel(
            name="FactProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("field", models.CharField(max_length=64, verbose_name="事实")),
                ("value", models.CharField(max_length=400, verbose_name="企业填报")),
                ("before", models.CharField(blank=True, max_length=400, verbose_name="原来记录")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("made_at", models.DateTimeField(verbose_name="填报时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待核对"),
                            ("accepted", "已采纳"),
                            ("refused", "未采纳"),
                            ("replaced", "已被新的代替"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="核对时间"),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fact_proposals",
                        to="enterprises.enterprise",
                        verbose_name="企业",
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
                (
                    "link",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="portal.firmlink",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-pk"),
            },
        ),
        migrations.AddField(
            model_name="enquiry",
            name="link",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enquiries",
                to="portal.firmlink",
            ),
        ),
        migrations.AddIndex(
            model_name="firmlink",
            index=models.Index(fields=["enterprise", "-id"], name="firmlink_of_firm"),
        ),
        migrations.AddConstraint(
            model_name="firmlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key", ""), ("opened_at__isnull", True)),
                    models.Q(("opened_at__isnull", False), models.Q(("key", ""), _negated=True)),
                    _connector="OR",
                ),
                name="firmlink_opened_has_a_key",
            ),
        ),
        migrations.AddIndex(
            model_name="factproposal",
            index=models.Index(fields=["zone", "state", "-made_at", "-id"], name="factproposal_waiting"),
        ),
        migrations.AddConstraint(
            model_name="factproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("enterprise", "field"),
                name="factproposal_one_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="factproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="factproposal_decided_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="factproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True), ("decided_at__gte", models.F("made_at")), _connector="OR"
                ),
                name="factproposal_decided_after_made",
            ),
        ),
        migrations.RunPython(_kinds, migrations.RunPython.noop),
    ]
