"""The way in for WSGI servers."""

import os
import threading
import time

from django.core.wsgi import get_wsgi_application

LOOK_SECONDS = 0.25


def _belong_to(server: int) -> None:
    """Make this process the server's own: it hears no Ctrl-C but the server's word, and ends when that is gone.

    An answering process that a killed server left behind would keep the port, and the old code, for ever.
    """
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_end_with, args=[server], daemon=True).start()


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhuchao.config.settings")
application = get_wsgi_application()
if os.environ.get("ZHUCHAO_SERVER"):
    _belong_to(int(os.environ["ZHUCHAO_SERVER"]))
