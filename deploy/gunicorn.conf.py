"""The web server, in `make run` and in production alike: gunicorn -c deploy/gunicorn.conf.py arbeitskreis.wsgi."""

import gc
import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 120  # longer than the longest PDF
graceful_timeout = 15
preload_app = True  # the workers share the memory of what is loaded
max_requests = 5000  # a leak in a library ends with the worker
max_requests_jitter = 500
control_socket_disable = True  # it would lie in the home directory


def pre_fork(server: object, worker: object) -> None:
    """What is loaded stays: a collection in a worker would copy the pages that it looks at."""
    gc.freeze()
