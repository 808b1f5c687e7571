"""Models that a migration creates together."""

from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from zhuchao.apps.core.models.create_models import CreateModels

KEY = ("id", models.BigAutoField(primary_key=True))
TABLES = {"core_shelf", "core_book"}


def shelf_and_book() -> CreateModels:
    shelf = migrations.CreateModel("Shelf", [KEY, ("name", models.CharField(max_length=10))])
    book = migrations.CreateModel(
        "Book",
        [KEY, ("pages", models.IntegerField()), ("shelf", models.ForeignKey("core.shelf", models.PROTECT))],
        options={"constraints": [models.CheckConstraint(condition=models.Q(pages__gt=0), name="has_pages")]},
    )
    return CreateModels([shelf, book])


def tables() -> set[str]:
    return TABLES & set(connection.introspection.table_names())


def test_models_created_together_have_their_tables_and_constraints_and_go_together(transactional_db):
    operation = shelf_and_book()
    before, after = ProjectState(), ProjectState()
    operation.state_forwards("core", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("core", editor, before, after)
    assert tables() == TABLES
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "core_book")
    assert constraints["has_pages"]["check"]
    assert any(found["foreign_key"] == ("core_shelf", "id") for found in constraints.values())

    with connection.schema_editor() as editor:
        operation.database_backwards("core", editor, after, before)
    assert tables() == set()


def test_the_classes_of_models_created_together_are_made_after_the_last_one():
    state = ProjectState()
    assert list(state.apps.get_models()) == []
    shelf_and_book().state_forwards("core", state)
    assert "apps" not in vars(state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Shelf", "Book"}
    assert state.apps.get_model("core", "book")._meta.get_field("shelf").related_model.__name__ == "Shelf"


def test_models_created_together_can_be_written_to_a_migration_and_name_it():
    operation = shelf_and_book()
    written, imports = OperationWriter(operation, indentation=0).serialize()
    assert "import zhuchao.apps.core.models.create_models" in imports
    assert written.count("migrations.CreateModel(") == 2
    assert operation.migration_name_fragment == "shelf_book"
    assert operation.describe() == "Create model Shelf; Create model Book"
    assert operation.references_model("shelf", "core")
    assert not operation.references_model("lamp", "core")
