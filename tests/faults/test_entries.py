"""The database itself refuses to edit or delete an entry or a change, whoever asks it and however."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from tests.append_only import triggers_of
from tests.apps.zones.isolation import row_in
from tests.factories import make_zone
from zhuchao.apps.core.models import Change, Entry
from zhuchao.apps.promotion.models import LeadStage

pytestmark = pytest.mark.django_db

KEPT = [model for model in apps.get_models() if issubclass(model, Entry)] + [Change]
kept_for_ever = pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.label)


def table_of(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def refused(statement: str) -> None:
    """Fail unless the database refuses a statement, and for the reason that we gave it."""
    with (
        pytest.raises(DatabaseError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def missing_triggers() -> set[tuple[str, str]]:
    verbs = ["update", "delete"] + (["truncate"] if connection.vendor == "postgresql" else [])
    wanted = {
        (model._meta.db_table, f"{model._meta.db_table}_append_only_{verb}")
        for model in KEPT
        for verb in verbs
    }
    return wanted - set(triggers_of(connection))


def test_every_ledger_is_among_those_that_are_checked():
    assert {"promotion.LeadStage", "premises.Revitalisation", "projects.Investment", "core.Change"} <= {
        model._meta.label for model in KEPT
    }
    assert not missing_triggers()


@kept_for_ever
def test_what_was_written_is_neither_edited_nor_deleted(model):
    row = row_in(make_zone(), model)
    others = model._base_manager.count()
    table = table_of(model)
    refused(f"UPDATE {table} SET id = id WHERE id = {row.pk}")
    refused(f"DELETE FROM {table} WHERE id = {row.pk}")
    refused(f"DELETE FROM {table}")
    assert model._base_manager.count() == others


@pytest.mark.postgres
@kept_for_ever
def test_a_ledger_is_not_emptied_at_one_stroke(model):
    row = row_in(make_zone(), model)
    connection.check_constraints()  # PostgreSQL truncates no table that it still has something to check in
    refused(f"TRUNCATE {table_of(model)} CASCADE")
    assert model._base_manager.filter(pk=row.pk).exists()


def test_an_entry_is_not_written_over_by_inserting_it_again():
    row = row_in(make_zone(), LeadStage)
    names = [connection.ops.quote_name(field.column) for field in LeadStage._meta.concrete_fields]
    columns, table = ", ".join(names), table_of(LeadStage)
    refused(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = {row.pk} "
        "ON CONFLICT (id) DO UPDATE SET reason = 'meddled'"
    )
    if connection.vendor == "sqlite":
        refused(
            f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = {row.pk}"
        )


def test_a_table_that_other_rows_hang_on_takes_no_entries_with_it():
    zone = make_zone()
    row = row_in(zone, LeadStage)
    lead_table = table_of(type(row.lead))

    def take_out() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {lead_table} WHERE id = {row.lead_id}")
            connection.check_constraints()

    with pytest.raises(DatabaseError):
        take_out()
    assert LeadStage.objects.filter(pk=row.pk).exists()


@pytest.fixture
def rebuilt() -> Iterator[type[models.Model]]:
    """Alter a table of entries as a migration would, and back; SQLite builds it anew both times."""
    old = LeadStage._meta.get_field("evidence_note")
    new = old.clone()
    new.max_length = old.max_length + 1
    new.set_attributes_from_name(old.name)
    new.model = LeadStage
    with connection.schema_editor() as editor:
        editor.alter_field(LeadStage, old, new, strict=True)
    with connection.schema_editor() as editor:
        editor.alter_field(LeadStage, new, old, strict=True)
    yield LeadStage
    call_command("migrate", verbosity=0, interactive=False)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_built_anew_is_guarded_again(rebuilt):
    assert missing_triggers(), "SQLite no longer drops triggers: this test shows nothing"
    call_command("migrate", verbosity=0, interactive=False)
    assert not missing_triggers()
    row = row_in(make_zone(), rebuilt)
    refused(f"UPDATE {table_of(rebuilt)} SET reason = 'meddled' WHERE id = {row.pk}")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_altered_table_stays_guarded(rebuilt):
    assert not missing_triggers()
