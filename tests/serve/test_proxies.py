"""Behind real proxies, with the configurations of docs/embedding.md."""
import os
import signal
import subprocess
import time

from harness import (ELSEWHERE, OFFICE, Daemon, Load, Process, build, free_port, head, path, request,
                     wait_for, which)
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


def status(port, forwarded=OFFICE, timeout=10.0, **headers):
    fields = {"X-Forwarded-For": forwarded, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return request(port, "/page", fields, timeout=timeout).status


def wait_until_open(port):
    def try_it():
        try:
            request(port, timeout=5)
            return True
        except (OSError, AttributeError):
            return False
    wait_for("the proxy", try_it, 20)


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


def check_faults(daemon, site, refused, frozen):
    """What the client gets when the daemon is frozen, comes back, and is killed."""
    daemon.freeze()
    started = time.monotonic()
    got = status(site, OFFICE)
    assert got in frozen, ("frozen", got)
    assert time.monotonic() - started < 3
    daemon.send(signal.SIGCONT)
    wait_for("the service's return", lambda: status(site) == 204)
    daemon.kill()
    assert status(site, OFFICE) in refused and status(site, ELSEWHERE) in refused


def test_nginx():
    auth, site, app = free_port(), free_port(), free_port()
    with Daemon(build("p"), *TRUST, services=(f"http:127.0.0.1:{auth}",)) as daemon:
        file = recipe("nginx.conf", auth=f"127.0.0.1:{auth}", site=f"127.0.0.1:{site}",
                      app=f"127.0.0.1:{app}")
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
            assert status(site, OFFICE) == 204
            assert status(site, ELSEWHERE) == 403
            # What a client claims to be does not reach the service.
            assert status(site, ELSEWHERE, X_Groups="Staff") == 403
            load = Load(site, {"X-Forwarded-For": OFFICE}, 4, (204,))
            time.sleep(1)
            assert not load.stop().wrong and load.done > 20
            connections = daemon.process.pid
            assert connections and len(os.listdir(f"/proc/{connections}/fd")) < 60
            check_faults(daemon, site, (403,), (403,))


def test_haproxy():
    spop, site, app = free_port(), free_port(), free_port()
    with Daemon(build("p"), *TRUST, services=(f"spop:127.0.0.1:{spop}",)) as daemon:
        engine = recipe("woapol.spoe")
        file = recipe("haproxy.cfg", spop=f"127.0.0.1:{spop}", site=f"127.0.0.1:{site}",
                      app=f"127.0.0.1:{app}", spoe=engine)
        with Application(app), start("haproxy", "-db", "-f", file):
            wait_until_open(site)
            wait_for("the agent", lambda: status(site) == 204, 20)
            assert status(site, ELSEWHERE) == 403
            assert status(site, ELSEWHERE, X_Groups="Staff") == 401
            load = Load(site, {"X-Forwarded-For": OFFICE}, 4, (204,))
            time.sleep(1)
            assert not load.stop().wrong and load.done > 20
            check_faults(daemon, site, (503,), (503,))


def test_caddy():
    auth, site, app = free_port(), free_port(), free_port()
    with Daemon(build("p"), "--trusted-proxy", "127.0.0.1", services=(f"http:127.0.0.1:{auth}",)) as daemon:
        file = recipe("Caddyfile", auth=f"127.0.0.1:{auth}", site=f"127.0.0.1:{site}",
                      app=f"127.0.0.1:{app}")
        with open(file) as opened:
            text = opened.read()
        with open(file, "w") as opened:
            # Here the clients are themselves proxies that Caddy believes.
            opened.write("{\n\tadmin off\n\tauto_https off\n}\n" +
                         text.replace("uri /\n", "uri /\n\t\ttrusted_proxies 127.0.0.1\n"))
        with Application(app), start("caddy", "run", "--adapter", "caddyfile", "--config", file):
            wait_until_open(site)
            assert status(site, OFFICE) == 204, status(site, OFFICE)
            assert status(site, ELSEWHERE) == 403
            check_faults(daemon, site, (502, 503), (502, 503, 504))


def test_apache():
    """The RewriteMap of the document; the address is the peer's, so the policy is about that."""
    site = free_port()
    modules = "/usr/lib/apache2/modules"
    if not os.path.isdir(modules):
        raise harness.Skip("apache2 is not installed")
    for name, network, wanted in (("in", "127.0.0.0/8", 200), ("out", "192.0.2.0/24", 403)):
        image = build("apache-" + name, f"network Here = {network}\n"
                      "policy P is default { rule here when network in Here allow otherwise deny }\n")
        rules = recipe("apache.conf")
        with open(rules) as opened:
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
            got = [status(site) for _ in range(20)]
            assert got == [wanted] * 20, (name, got)
            server.send(signal.SIGTERM)
            server.wait()
