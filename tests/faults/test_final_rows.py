"""The database itself refuses to edit or delete a published version of a policy, or to touch its clauses."""

from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction

from tests.append_only import triggers_of
from tests.factories import make_zone
from zhuchao.apps.policies import services
from zhuchao.apps.policies.models import PolicyClause, PolicyVersion

pytestmark = pytest.mark.django_db
TABLES = (PolicyVersion._meta.db_table, PolicyClause._meta.db_table)
VERSION, CLAUSE = TABLES


def make_version(*, is_draft: bool = False) -> PolicyVersion:
    zone = make_zone()
    policy = services.add_policy(
        actor=None, zone=zone, key="P", title="示例办法", level="city", department="经发局"
    )
    version = services.draft_version(
        actor=None,
        policy=policy,
        clauses=[("第一条", "给予奖励。")],
        effective_from=date(2023, 1, 1),
        document_no="示例〔2023〕1号",
    )
    return version if is_draft else services.publish_version(actor=None, draft=version)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append_only"):
        run(statement)


def test_a_published_version_is_neither_edited_nor_deleted_nor_made_a_draft_again():
    version = make_version()
    for change in (
        "document_no = 'meddled'",
        "effective_to = '2030-01-01'",
        "window_close = '2030-01-01'",
        "state = 'draft', published_at = NULL",
        "published_at = NULL",
        "number = 9",
    ):
        refused(f"UPDATE {VERSION} SET {change} WHERE id = {version.pk}")
    refused(f"DELETE FROM {CLAUSE} WHERE version_id = {version.pk}")
    with pytest.raises(DatabaseError):
        run(f"DELETE FROM {VERSION} WHERE id = {version.pk}")
    assert PolicyVersion.objects.get().document_no == "示例〔2023〕1号"


def test_when_its_source_was_looked_at_is_the_one_thing_that_changes():
    version = make_version()
    run(
        f"UPDATE {VERSION} SET source_status = 'confirmed', verified_on = '2023-02-01', version = version + 1, "
        f"document_no = document_no WHERE id = {version.pk}"
    )
    assert PolicyVersion.objects.get().verified_on == date(2023, 2, 1)


def test_the_clauses_of_a_published_version_are_neither_edited_nor_deleted_nor_added():
    version = make_version()
    zone = version.zone_id
    refused(f"UPDATE {CLAUSE} SET text = 'meddled' WHERE version_id = {version.pk}")
    refused(f"DELETE FROM {CLAUSE} WHERE version_id = {version.pk}")
    refused(f"DELETE FROM {CLAUSE}")
    refused(
        f"INSERT INTO {CLAUSE} (zone_id, version_id, position, number, text) "
        f"VALUES ({zone}, {version.pk}, 2, '第二条', 'slipped in')"
    )
    assert [clause.text for clause in PolicyClause.objects.all()] == ["给予奖励。"]


def test_a_draft_and_its_clauses_stay_free_but_no_clause_moves_into_a_published_version():
    published, draft = make_version(), make_version(is_draft=True)
    run(f"UPDATE {CLAUSE} SET text = '另拟' WHERE version_id = {draft.pk}")
    refused(
        f"UPDATE {CLAUSE} SET version_id = {published.pk}, number = '第二条' WHERE version_id = {draft.pk}"
    )
    run(f"UPDATE {VERSION} SET document_no = '另拟' WHERE id = {draft.pk}")
    run(f"DELETE FROM {CLAUSE} WHERE version_id = {draft.pk}")
    run(f"DELETE FROM {VERSION} WHERE id = {draft.pk}")
    assert PolicyVersion.objects.get() == published


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_published_versions_are_not_emptied_at_one_stroke(table):
    make_version()
    connection.check_constraints()
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_migration_that_builds_the_table_anew_finds_no_trigger_in_its_way_and_leaves_it_guarded():
    before = {key for key in triggers_of(connection) if key[0] in TABLES}
    assert len(before) == 5
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    try:
        rebuild()
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert {key for key in triggers_of(connection) if key[0] in TABLES} == before


def rebuild() -> None:
    """Alter the table of versions as a migration would, and back."""
    old = PolicyVersion._meta.get_field("document_no")
    new = old.clone()
    new.max_length = old.max_length + 1
    new.set_attributes_from_name(old.name)
    new.model = PolicyVersion
    for first, second in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(PolicyVersion, first, second, strict=True)
