"""Starts the Django target.

Environment: PORT, TARGET_MODE=debug|production, TARGET_TLS=1 behind a proxy that ends TLS.
Prints "listening PORT" on standard output once the server accepts connections.
"""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    from django.core.wsgi import get_wsgi_application

    port = int(os.environ.get("PORT", "0"))
    server = make_server("127.0.0.1", port, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    print("listening", server.server_port, flush=True)
    server.serve_forever()
