"""The core app: what every app keeps in the same way."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "zhuchao.apps.core"
    label = "core"
    verbose_name = _("公共")

    def ready(self) -> None:
        # Not a cross-app reaction: the database's own refusals, made again whenever tables were.
        pre_migrate.connect(_take_parts_away, dispatch_uid="core.parts_away")
        post_migrate.connect(_install_database_parts, dispatch_uid="core.database_parts")
        connection_created.connect(_prepare_connection, dispatch_uid="core.connection")
        from .services import importing, jobs
        from .tasks import run_job

        jobs.hand_over_to(run_job.enqueue)
        jobs.register(importing.KIND, importing.run_import_job)
        jobs.register(importing.KIND_TRY, importing.run_trial_job)


def _prepare_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let every connection say contention in the same way."""
    from .models.contention import listen_for_contention

    listen_for_contention(connection)


def _take_parts_away(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Drop the triggers that look into a second table: SQLite builds no table anew that one of them names."""
    from .models.append_only import Final, remove

    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    for model in sender.get_models():
        final = getattr(model, "final", None)
        if isinstance(final, Final) and final.through:
            remove(connection, model._meta.db_table, ("insert", "update", "delete"))


def _install_database_parts(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Make the append-only triggers of one app's entries and final rows, and the search index with the core app."""
    from .models import Change, Entry
    from .models.append_only import Final, install, install_final
    from .models.search_index import create

    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in sender.get_models():
        if (issubclass(model, Entry) or model is Change) and model._meta.db_table in tables:
            install(connection, model._meta.db_table)
        final = getattr(model, "final", None)
        if isinstance(final, Final) and model._meta.db_table in tables:
            install_final(connection, model, final)
    if sender.label == "core" and apps.is_installed("zhuchao.apps.core"):
        create(connection)
