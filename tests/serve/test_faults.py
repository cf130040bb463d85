"""The table of faults in docs/embedding.md: what a client gets through each host.

Every host goes through the same faults. The client in the office may pass, the one
elsewhere never; whatever happens, the one elsewhere is not let in, and nobody gets
an answer that was meant for somebody else.
"""
import contextlib
import os
import select
import signal
import socket
import threading
import time

from harness import (ELSEWHERE, OFFICE, OPEN_POLICY, PATIENCE, POLICY, Daemon, build, connect, free_port,
                     head, path, read_answer, wait_for)
from proxies import TRUST, apache, caddy, haproxy, nginx, status
from test_grpc import Client
from test_image import damage, keys, put, serve

SLOW = 3.0  # seconds that an answer takes in the relay: every host has given up by then


class Relay:
    """Stands before the service and lets its answers wait for `delay` seconds."""

    def __init__(self, target):
        self.target, self.delay, self.over = target, 0.0, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError):
            with connect(self.target) as service:
                waiting = []  # answers, each with the moment it may go on
                while not self.over:
                    pause = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.5
                    ready, _, _ = select.select([client, service], [], [], pause)
                    for one in ready:
                        data = one.recv(65536)
                        if not data:
                            return
                        if one is client:
                            service.sendall(data)
                        else:
                            waiting.append((time.monotonic() + self.delay, data))
                    while waiting and waiting[0][0] <= time.monotonic():
                        client.sendall(waiting.pop(0)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over = True
        self.listener.close()


class Host:
    """Asks a service through one host: `ask` by the client's address, what it gets
    when it may pass and when it may not, when nobody answers, and when not in time."""

    def __init__(self, ask, passed, denied, gone, late, trust=TRUST):
        self.ask, self.passed, self.denied = ask, passed, denied
        self.gone, self.late, self.trust = gone, late, trust

    def is_right(self):
        return self.ask(OFFICE) == self.passed and self.ask(ELSEWHERE) == self.denied

    def expect(self, what, wanted):
        """A host that is busy takes for late what is gone."""
        for address in (OFFICE, ELSEWHERE):
            got = self.ask(address)
            assert got in wanted + self.late, (what, address, got)

    def expect_right(self, what):
        """A busy machine may be late a few times, but is never wrong."""
        for address, right in ((OFFICE, self.passed), (ELSEWHERE, self.denied)):
            def is_right():
                got = self.ask(address)
                assert got == right or got in self.late + self.gone, (what, address, got)
                return got == right
            wait_for(what, is_right)

    def expect_each_its_own(self, what, until):
        """In turns; late is allowed, but never the other one's answer."""
        asked = 0
        while time.monotonic() < until or asked < 6:
            for address, right in ((OFFICE, self.passed), (ELSEWHERE, self.denied)):
                got = self.ask(address)
                assert got == right or got in self.late + self.gone, (what, address, got)
                asked += 1

    def wait(self, what):
        wait_for(what, self.is_right)


def hurt_images(host, daemon, image, key):
    """What a file can come to: through the host nothing is seen of it."""
    with open(image, "rb") as file:
        good = file.read()
    other, _ = keys("stranger")
    for what, change in (
            ("missing", lambda: os.unlink(image)),
            ("truncated", lambda: put(image, damage(image, "truncated"))),
            ("corrupt", lambda: put(image, damage(image, "corrupt"))),
            ("older", lambda: build("fault", OPEN_POLICY, 4, "--sign", key)),
            ("unsigned", lambda: build("fault", OPEN_POLICY, 6)),
            ("a stranger's", lambda: build("fault", OPEN_POLICY, 6, "--sign", other))):
        refused = sum("the image in use stays" in line for line in list(daemon.messages))
        change()
        daemon.send(signal.SIGHUP)
        wait_for(what, lambda: sum("the image in use stays" in line
                                   for line in list(daemon.messages)) > refused)
        host.expect_right(what)
        put(image, good)


def pulse(daemon, seconds):
    """Now it runs, now it does not; longer than anybody waits."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        daemon.send(signal.SIGSTOP)
        time.sleep(0.35)
        daemon.send(signal.SIGCONT)
        time.sleep(0.1)


def run_faults(service, enter, make):
    """`enter` makes the host before a port, `make` a Host of what that is."""
    key, public = keys("fault-key")
    image = build("fault", POLICY, 5, "--sign", key)
    port = free_port()
    place = f"{service}:127.0.0.1:{port}"
    with Relay(port) as relay, enter(relay.port) as site:
        host = make(site)
        # The service did not start: with such an image it does not.
        put(path("hurt.wob"), damage(image, "truncated"))
        assert serve(path("hurt.wob")) == 1
        host.expect("not started", host.gone)
        with Daemon(image, *host.trust, "--key", public, services=(place,)) as daemon:
            host.wait("the service")
            hurt_images(host, daemon, image, key)
            daemon.freeze()
            host.expect("frozen", host.late)
            daemon.send(signal.SIGCONT)
            host.wait("its return from a standstill")
            relay.delay = SLOW
            host.expect("slow", host.late)
            relay.delay = 0.0
            # What was late comes now, to nobody.
            host.expect_each_its_own("late answers", time.monotonic() + SLOW)
            host.wait("its return from slowness")
            pulses = threading.Thread(target=pulse, args=(daemon, 2.0))
            pulses.start()
            host.expect_each_its_own("pulses", time.monotonic() + 2.0)
            pulses.join()
            host.wait("its return from pulses")
            daemon.kill()
            host.expect("killed", host.gone)


def test_nginx_auth_request():
    run_faults("http", nginx, lambda site: Host(lambda address: status(site, address),
                                                204, 403, (403,), (403,)))


def test_haproxy():
    run_faults("spop", haproxy, lambda site: Host(lambda address: status(site, address),
                                                  204, 403, (503,), (503,)))


def test_caddy():
    run_faults("http", caddy, lambda site: Host(lambda address: status(site, address),
                                                204, 403, (502,), (502, 504)))


def test_envoy_protocol():
    """UNAVAILABLE and DEADLINE_EXCEEDED are errors, which Envoy's recipe answers with 403."""
    gone, late = ("error 14",), ("error 4", "error 14")
    run_faults("grpc", lambda port: Client(port, 200),
               lambda client: Host(client.ask, 0, 7, gone, late))


# ---- Traefik ----------------------------------------------------------------


class StandIn:
    """Not Traefik, which Debian does not have: a stand-in that asks and obeys as its
    documentation of forwardAuth says. A GET without a body, with X-Forwarded-Method,
    -Proto, -Host, -Uri and -For (the peer: trustForwardHeader is false) and what
    authRequestHeaders names; 2xx passes with authResponseHeaders in place of the
    client's; every other answer goes to the client; no answer is 500. It waits for
    30 seconds, here for a hundredth of it."""

    PATIENCE = 0.3

    def __init__(self, auth, request_headers, response_headers):
        self.auth, self.request_headers, self.response_headers = auth, request_headers, response_headers

    def ask(self, peer, target="/page?x=1", **headers):
        """The status for the client, and the headers that the application sees."""
        asked = {"Host": "auth", "X-Forwarded-Method": "POST", "X-Forwarded-Proto": "http",
                 "X-Forwarded-Host": "shop.example", "X-Forwarded-Uri": target, "Accept-Encoding": "gzip"}
        asked.update({name: headers[name] for name in self.request_headers if name in headers})
        asked["X-Forwarded-For"] = peer
        try:
            with connect(self.auth, self.PATIENCE) as made, made.makefile("rb") as stream:
                lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
                made.sendall(f"GET / HTTP/1.1\r\n{lines}\r\n".encode())
                answer = read_answer(stream)
        except OSError:
            return 500, {}
        if answer is None:
            return 500, {}
        if not 200 <= answer.status < 300:
            return answer.status, {}
        seen = {name.lower(): value for name, value in headers.items()}
        for name in self.response_headers:
            seen.pop(name.lower(), None)
            if name.lower() in answer.headers:
                seen[name.lower()] = answer.headers[name.lower()]
        return 204, seen


def recipe_list(name):
    document = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/embedding.md")
    with open(document) as file:
        text = file.read()
    line = text[text.index(name + ": ["):]
    return [word.strip() for word in line[line.index("[") + 1:line.index("]")].split(",")]


def test_traefik_stand_in():
    asked, copied = recipe_list("authRequestHeaders"), recipe_list("authResponseHeaders")

    @contextlib.contextmanager
    def enter(port):
        yield StandIn(port, asked, copied)
    run_faults("http", enter, lambda stand_in: Host(lambda address: stand_in.ask(address)[0],
                                                    204, 403, (500,), (500,)))
    with Daemon(build("p"), *TRUST, services=("http",)) as daemon:
        stand_in = StandIn(daemon.ports["http"], asked, copied)
        forged = {"X-Groups": "Staff", "X-Woapol-Rule": "forged", "X-Woapol-Chain": "forged"}
        code, seen = stand_in.ask(OFFICE, **forged)
        assert code == 204 and seen["x-woapol-rule"] == "office" and seen["x-woapol-chain"] == ""
        # Neither the client's groups nor its X-Forwarded-For reach the service.
        assert stand_in.ask(ELSEWHERE, **forged)[0] == 403
        assert stand_in.ask(ELSEWHERE, **{"X-Forwarded-For": OFFICE})[0] == 403


# ---- Apache -----------------------------------------------------------------

ONE = "127.0.0.1"
OTHER = "127.0.0.2"


def ask_apache(site, source, timeout=PATIENCE):
    with socket.create_connection(("127.0.0.1", site), timeout, (source, 0)) as made:
        made.sendall(head("/page", {"Connection": "close"}))
        with made.makefile("rb") as stream:
            return read_answer(stream).status


def children(pid):
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError):
                with open(f"/proc/{entry}/stat") as file:
                    name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
                if int(rest.split()[1]) == pid:
                    found[int(entry)] = name
    return found


def program_of(server):
    return wait_for("the program", lambda: [pid for pid, name in children(server.pid).items()
                                            if name == "woapol"])[0]


def test_apache_images():
    source = "network One = 127.0.0.1\npolicy P is default { rule one when network in One allow otherwise deny }\n"
    image = build("apache", source, 5)
    with open(image, "rb") as file:
        good = file.read()
    # At the start there is no answer, and no answer is 403.
    for what in ("missing", "truncated", "corrupt"):
        if what == "missing":
            os.unlink(image)
        else:
            put(image, damage(image, what))
        with apache(image) as (site, _):
            assert [ask_apache(site, source) for source in (ONE, OTHER)] == [403, 403], what
        put(image, good)
    # While it runs the program keeps what it has read, even if the file is cut in place.
    with apache(image) as (site, _):
        for change in (lambda: os.unlink(image), lambda: put(image, good[:100]),
                       lambda: build("apache", OPEN_POLICY, 4), lambda: os.truncate(image, 10)):
            assert [ask_apache(site, source) for source in (ONE, OTHER)] == [200, 403]
            change()
            assert [ask_apache(site, source) for source in (ONE, OTHER)] == [200, 403]
            put(image, good)


def test_apache_program():
    source = "network One = 127.0.0.1\npolicy P is default { rule one when network in One allow otherwise deny }\n"
    with apache(build("apache", source)) as (site, server):
        program = program_of(server)
        assert [ask_apache(site, source) for source in (ONE, OTHER)] == [200, 403]
        # Slow: late, but right.
        stop = time.monotonic() + 1.5
        while time.monotonic() < stop:
            os.kill(program, signal.SIGSTOP)
            resume = threading.Timer(0.3, os.kill, (program, signal.SIGCONT))
            resume.start()
            assert [ask_apache(site, source) for source in (ONE, OTHER)] == [200, 403]
            resume.join()
        # Frozen: Apache waits, and so does the client.
        os.kill(program, signal.SIGSTOP)
        for source in (ONE, OTHER):
            try:
                raise AssertionError(ask_apache(site, source, 0.7))
            except TimeoutError:
                pass
        # A worker that dies while it waits leaves its answer in the pipe; the next one
        # who asks must not take it for its own.
        for pid, name in children(server.pid).items():
            if name == "apache2":
                os.kill(pid, signal.SIGKILL)
        os.kill(program, signal.SIGCONT)
        wait_for("new workers", lambda: list(children(server.pid).values()).count("apache2") > 0)
        got = [ask_apache(site, source) for source in (OTHER, OTHER, ONE, OTHER)]
        assert got[0] == got[1] == got[3] == 403, got
        # Gone: no answer, 403.
        os.kill(program, signal.SIGKILL)
        wait_for("its end", lambda: program not in children(server.pid) or
                 open(f"/proc/{program}/stat").read().rsplit(")", 1)[1].split()[0] == "Z")
        # What is still in the pipe answers other questions, and is used up.
        assert [ask_apache(site, OTHER) for _ in range(4)] == [403] * 4
        assert ask_apache(site, ONE) == 403
