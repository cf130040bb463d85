"""Proxies in front of the service, with the configurations of docs/embedding.md."""
import contextlib
import os
import subprocess

from harness import OFFICE, PATIENCE, Process, free_port, path, request, wait_for, which
import harness

TRUST = ("--trusted-proxy", "127.0.0.1", "--fact", "groups=X-Groups")


def recipe(name, **values):
    """A configuration from the document, between its fence and the next."""
    document = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/embedding.md")
    with open(document) as file:
        text = file.read()
    start = text.index("file=" + name + "\n") + len("file=" + name + "\n")
    found = text[start:text.index("\n```", start)] + "\n"
    for old, new in values.items():
        assert values[old] is not None
        found = found.replace(REPLACED[old], new)
    with open(path(name), "w") as file:
        file.write(found)
    return path(name)


REPLACED = {"auth": "127.0.0.1:8080", "spop": "127.0.0.1:9000", "site": "127.0.0.1:8443",
            "app": "127.0.0.1:3000", "spoe": "/etc/haproxy/woapol.spoe"}


def status(port, forwarded=OFFICE, timeout=PATIENCE, **headers):
    fields = {"X-Forwarded-For": forwarded, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return request(port, "/page", fields, timeout=timeout).status


def wait_until_open(port):
    def try_it():
        try:
            request(port, timeout=5)
            return True
        except (OSError, AttributeError):
            return False
    wait_for("the proxy", try_it)


class Application(Process):
    """What the proxies stand before: answers 204 to everything."""

    def __init__(self, port):
        script = ("import http.server,sys\n"
                  "class H(http.server.BaseHTTPRequestHandler):\n"
                  "  protocol_version='HTTP/1.1'\n"
                  "  def do_GET(s):\n"
                  "    s.send_response(204); s.send_header('X-Seen', s.headers.get('X-Woapol-Rule') or ''); s.end_headers()\n"
                  "  def log_message(s, *a): pass\n"
                  "http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()\n")
        super().__init__(["/usr/bin/python3", "-c", script, str(port)], stderr=subprocess.DEVNULL)
        wait_until_open(port)


def start(name, *arguments):
    program = which(name)
    if program is None:
        raise harness.Skip(f"{name} is not installed")
    environment = {**os.environ, "HOME": path("."), "XDG_DATA_HOME": path("."), "XDG_CONFIG_HOME": path(".")}
    log = open(path(name + ".log"), "ab")
    return Process([program, *arguments], stdout=log, stderr=log, env=environment)


@contextlib.contextmanager
def nginx(auth):
    """nginx with auth_request to the service at that port; the port it listens on."""
    site, app = free_port(), free_port()
    file = recipe("nginx.conf", auth=f"127.0.0.1:{auth}", site=f"127.0.0.1:{site}", app=f"127.0.0.1:{app}")
    with open(file) as opened:
        server = opened.read()
    with open(file, "w") as opened:
        temps = "".join(f"{kind}_temp_path {path('t-' + kind)};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        opened.write(f"daemon off; pid {path('nginx.pid')}; error_log {path('nginx.err')};\n"
                     f"worker_processes 1; events {{}}\nhttp {{ access_log off;\n{temps}"
                     f"set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;\n{server}}}\n")
    with Application(app), start("nginx", "-p", path("."), "-c", file):
        wait_until_open(site)
        yield site


@contextlib.contextmanager
def haproxy(spop):
    """HAProxy with the service as its agent."""
    site, app = free_port(), free_port()
    file = recipe("haproxy.cfg", spop=f"127.0.0.1:{spop}", site=f"127.0.0.1:{site}",
                  app=f"127.0.0.1:{app}", spoe=recipe("woapol.spoe"))
    with Application(app), start("haproxy", "-db", "-f", file):
        wait_until_open(site)
        yield site


@contextlib.contextmanager
def caddy(auth):
    """Caddy with forward_auth."""
    site, app = free_port(), free_port()
    file = recipe("Caddyfile", auth=f"127.0.0.1:{auth}", site=f"127.0.0.1:{site}", app=f"127.0.0.1:{app}")
    with open(file) as opened:
        text = opened.read()
    with open(file, "w") as opened:
        # Here the clients are themselves proxies that Caddy believes.
        opened.write("{\n\tadmin off\n\tauto_https off\n}\n" +
                     text.replace("uri /\n", "uri /\n\t\ttrusted_proxies 127.0.0.1\n"))
    with Application(app), start("caddy", "run", "--adapter", "caddyfile", "--config", file):
        wait_until_open(site)
        yield site


@contextlib.contextmanager
def apache(image):
    """Apache with `woapol eval` as a RewriteMap; its port and its process."""
    site, modules = free_port(), "/usr/lib/apache2/modules"
    if not os.path.isdir(modules):
        raise harness.Skip("apache2 is not installed")
    with open(recipe("apache.conf")) as opened:
        text = opened.read().replace("/usr/local/bin/woapol", harness.RUN["tool"])
    loads = "".join(f"LoadModule {m}_module {modules}/mod_{m}.so\n"
                    for m in ("mpm_event", "authz_core", "rewrite"))
    os.makedirs(path("htdocs"), exist_ok=True)
    with open(path("htdocs/page"), "w") as file:
        file.write("page")
    with open(path("httpd.conf"), "w") as file:
        file.write(f"ServerName localhost\nListen 127.0.0.1:{site}\nPidFile {path('httpd.pid')}\n"
                   f"ErrorLog {path('httpd.err')}\nDefaultRuntimeDir {path('.')}\n{loads}"
                   f"DocumentRoot {path('htdocs')}\n<Directory {path('htdocs')}>\nRequire all granted\n"
                   f"</Directory>\n{text.replace('/etc/woapol/policy.wob', image)}")
    with start("apache2", "-D", "FOREGROUND", "-f", path("httpd.conf")) as server:
        wait_until_open(site)
        yield site, server
