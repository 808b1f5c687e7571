"""Keep Python's cycle collector from walking over all the rows of a file again and again.

Rows and outcomes are plain values without cycles; a hundred thousand of them make every full collection slow, and
a bulk import sets off many. What they hold is freed as ever, when nobody refers to it any more.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let no collection run meanwhile: for reading and comparing, which make plain values."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def rows_set_aside() -> Iterator[None]:
    """Let collections pass over everything there is now: for writing, which may make cycles of its own."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
