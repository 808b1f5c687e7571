"""Many ids in a statement."""

import json
from collections.abc import Collection

from django.db import connection
from django.db.models.expressions import RawSQL


def id_list(ids: Collection[int]) -> RawSQL:
    """Return ids as one parameter: a statement with thousands of them takes longer to write than to answer."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
