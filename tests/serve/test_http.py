"""Forward-auth over HTTP/1.1."""
import socket
import time

from harness import (ELSEWHERE, OFFICE, Daemon, Load, allow_files, build, connect, free_port, head,
                     path, read_answer, request, send_raw, wait_for)
import harness

TRUST = ("--trusted-proxy", "127.0.0.1")
FACTS = ("--fact", "groups=X-Groups", "--fact", "user=X-User", "--fact", "app=X-App", "--fact",
         "managed=X-Managed", "--fact", "risk=X-Risk", "--fact", "groups_complete=X-Complete")
HEADERS = ("effect", "chain", "policy", "rule", "reason", "generation")


def test_answers_are_200_401_403_and_empty():
    with Daemon(build("p", generation=7), *TRUST, *FACTS) as daemon:
        for forwarded, facts, status, effect, rule, chain in (
                (OFFICE, {}, 200, "allow", "office", ""),
                (ELSEWHERE, {}, 403, "deny", "", ""),
                (ELSEWHERE, {"X_Groups": "Nobody, Staff"}, 401, "authenticate", "staff", "password"),
                (OFFICE, {"X_App": "Payroll", "X_Groups": "Staff", "X_Managed": "true"}, 401,
                 "authenticate", "staff", "password then fido2")):
            answer = daemon.ask(forwarded, **facts)
            assert answer.status == status, (forwarded, facts, answer.status)
            assert answer.body == b"" and answer.headers["content-length"] == "0"
            got = {name: answer.headers["x-woapol-" + name] for name in HEADERS}
            assert got["effect"] == effect and got["rule"] == rule and got["chain"] == chain, got
            assert got["generation"] == "7" and got["reason"] == "", got
            assert ("www-authenticate" in answer.headers) == (status == 401)
        for method in ("POST", "HEAD", "DELETE", "PROPFIND", "OPTIONS"):
            assert daemon.get("/any/path?x=1", {"X-Forwarded-For": OFFICE}, method=method).status == 200
        # No path is something else than a question: a client chooses paths.
        for target in ("/healthz", "/metrics", "/v1/decide", "*", "http://x/y"):
            assert daemon.get(target, {"X-Forwarded-For": ELSEWHERE}).status == 403, target
        daemon.stop()


def test_headers_of_strangers_are_not_believed():
    with Daemon(build("p"), *FACTS) as daemon:
        answer = daemon.ask(OFFICE, X_Groups="Staff")
        assert answer.status == 403 and answer.headers["x-woapol-reason"] == ""
    with Daemon(build("p"), "--trusted-proxy", "192.0.2.0/24", *FACTS) as daemon:
        assert daemon.ask(OFFICE, X_Groups="Staff").status == 403


def test_what_a_proxy_says_must_be_readable():
    with Daemon(build("p"), *TRUST, *FACTS) as daemon:
        for forwarded, facts in ((None, {}), ("unknown", {}), ("198.51.100.300", {}),
                                 (OFFICE, {"X_Managed": "maybe"}), (OFFICE, {"X_Risk": "none"})):
            answer = daemon.ask(forwarded, **facts)
            assert answer.status == 403, (forwarded, facts)
            assert answer.headers["x-woapol-reason"] == "bad request"
        twice = head("/", {"X-Forwarded-For": OFFICE, "X-User": "a", "x-user": "b"})
        assert send_raw(daemon.ports["http"], twice) == [403]
        assert daemon.ask(ELSEWHERE + ", " + OFFICE).status == 200
        assert daemon.ask(OFFICE + ", " + ELSEWHERE).status == 403
        answer = daemon.ask(ELSEWHERE, X_Groups="Foo", X_Complete="false")
        assert answer.status == 403 and answer.headers["x-woapol-reason"] == "groups incomplete"


def test_unix_sockets_and_other_address_headers():
    place = path("s")
    with Daemon(build("p"), "--trusted-proxy", "unix", "--address-header", "Forwarded",
                services=("unix:" + place,)) as daemon:
        for value, status in (("for=" + OFFICE, 200), ('for="[2001:db8:10::7]:4711";proto=https', 200),
                              ("for=_hidden", 403), ("for=" + ELSEWHERE, 403)):
            assert request(place, "/", {"Forwarded": value}).status == status, value
        assert request(place).status == 403
        daemon.stop()
    with Daemon(build("p"), services=("unix:" + place,)):
        assert request(place, "/", {"X-Forwarded-For": OFFICE}).status == 403


def test_pipelining_and_bodies():
    with Daemon(build("p"), *TRUST) as daemon:
        good, bad = ({"X-Forwarded-For": a} for a in (OFFICE, ELSEWHERE))
        data = head("/", good) + head("/", bad) + head("/", good, "POST", 5) + b"GET /" + head("/", bad)
        assert send_raw(daemon.ports["http"], data, 4) == [200, 403, 200, 403]
        assert send_raw(daemon.ports["http"], head("/", good) * 3000, 3000) == [200] * 3000
        # Byte by byte is the same request.
        with connect(daemon.ports["http"]) as made, made.makefile("rb") as stream:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in head("/", good):
                made.sendall(bytes([byte]))
            assert read_answer(stream).status == 200
        daemon.stop()


def test_bytes_that_fill_the_buffer_and_clients_that_end():
    good = {"X-Forwarded-For": OFFICE}
    with Daemon(build("p"), *TRUST) as daemon:
        for buffers, more in ((1, 0), (1, 1), (2, 0), (7, 0), (7, 1000)):
            # A question with a body that ends where a read of 64 KiB may end, and others behind it.
            size = buffers * 65536 - len(head("/", good, "POST", 0)) + 1
            size -= len(str(size))
            data = head("/", good, "POST", size) + b"b" * size + head("/", good) * more
            with connect(daemon.ports["http"]) as made, made.makefile("rb") as stream:
                for ends in (False, True):
                    made.sendall(data)
                    if ends:
                        made.shutdown(socket.SHUT_WR)
                    for _ in range(1 + more):
                        assert read_answer(stream).status == 200, (buffers, more, ends)
                assert read_answer(stream) is None
        for end in (b"", b"GET / HT"):
            with connect(daemon.ports["http"]) as made, made.makefile("rb") as stream:
                made.sendall(end)
                made.shutdown(socket.SHUT_WR)
                assert read_answer(stream) is None
        harness.wait_for("connections that end", lambda: daemon.metric("woapol_connections") <= 1)
        daemon.stop()


def test_what_is_no_request_is_refused():
    with Daemon(build("p"), *TRUST) as daemon:
        port = daemon.ports["http"]
        for data, status in (
                (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\nHost: x\n\n", 400),
                (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
                (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
                (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
                (b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400),
                (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
                (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
                (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
                (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", 400),
                (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
                (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
                (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200000, 431),
                (b"G" * 9000, 431)):
            # And what follows is not looked at.
            got = send_raw(port, data + head("/", {"X-Forwarded-For": OFFICE}), 2)
            assert got == [status, None], (data[:60], got)
        assert daemon.metric('woapol_protocol_errors_total{protocol="http"}') == 15
        daemon.stop()


def test_slow_requests_are_cut_off():
    with Daemon(build("p"), *TRUST) as daemon:
        made = [connect(daemon.ports["http"]) for _ in range(50)]
        started = time.monotonic()
        alive, number = len(made), 0
        while alive > 0:
            alive = 0
            for one in made:
                try:
                    one.sendall(b"GET / HTTP/1.1\r\n" if number == 0 else b"A: b\r\n")
                    alive += 1
                except OSError:
                    pass
            assert daemon.ask().status == 200
            assert time.monotonic() - started < harness.PATIENCE
            number += 1
            time.sleep(0.25)
        assert time.monotonic() - started > 8, "cut off too early"
        for one in made:
            one.close()
        daemon.stop()


def test_ten_thousand_idle_connections():
    if not allow_files(12000):
        raise harness.Skip("the limit on open files is too low")
    with Daemon(build("p"), *TRUST, "--threads", "2") as daemon:
        before = daemon.memory()
        made = [connect(daemon.ports["http"]) for _ in range(10000)]
        data = head("/", {"X-Forwarded-For": OFFICE})
        for one in made[::100]:
            one.sendall(data)
            assert b" 200 " in one.recv(4096)
        wait_for("all connections", lambda: daemon.metric("woapol_connections") >= 10000)
        assert daemon.ask().status == 200
        grown = daemon.memory() - before
        assert grown < 10000 * 1024 or "san" in harness.RUN["tool"], f"{grown} bytes more"
        for one in made:
            one.close()
        wait_for("their end", lambda: daemon.metric("woapol_connections") < 100)
        daemon.stop()


def test_too_many_connections_replace_idle_ones():
    with Daemon(build("p"), *TRUST, "--connections", "32", "--threads", "1") as daemon:
        made = [connect(daemon.ports["http"]) for _ in range(100)]
        for _ in range(20):
            assert daemon.ask().status == 200
        for one in made:
            one.close()


def is_refused(port):
    try:
        connect(port).close()
        return False
    except ConnectionError:
        return True


def test_stopping_ends_what_is_under_way():
    with Daemon(build("p"), *TRUST, "--threads", "2") as daemon:
        with connect(daemon.ports["http"]) as half, half.makefile("rb") as stream:
            data = head("/", {"X-Forwarded-For": OFFICE})
            half.sendall(data[:30])
            daemon.send(15)
            wait_for("its end", lambda: is_refused(daemon.ports["http"]))
            half.sendall(data[30:])
            answer = read_answer(stream)
            assert answer.status == 200 and answer.headers["connection"] == "close"
            assert stream.read() == b""
        assert daemon.wait() == 0


def test_two_services_share_a_port():
    port = free_port()
    place = f"http:127.0.0.1:{port}"
    image = build("p")
    with Daemon(image, *TRUST, services=(place,)) as old:
        load = Load(port, {"X-Forwarded-For": OFFICE, "Connection": "close"}, 0)
        with Daemon(image, *TRUST, services=(place,)) as new:
            old.stop()
            for _ in range(50):
                assert new.ask().status == 200
        load.stop()


def test_explanations_are_asked_for():
    with Daemon(build("p"), *TRUST, *FACTS) as daemon:
        assert daemon.get("/?explain=1", {"X-Forwarded-For": OFFICE}).body == b""
    with Daemon(build("p"), *TRUST, *FACTS, "--allow-explain") as daemon:
        def why(forwarded, target="/?explain=1", **facts):
            fields = {name.replace("_", "-"): value for name, value in facts.items()}
            return daemon.get(target, {"X-Forwarded-For": forwarded, **fields})
        answer = why(ELSEWHERE, "/any/path?explain=1", X_Managed="true")
        told = answer.json()
        assert answer.status == 403 and told["effect"] == "deny" and told["report"] == ["risky"]
        assert told["left_out"] == 0 and told["rules"] == [
            {"rule": "risky", "report": True, "holds": "yes", "fate": "reported", "against": []},
            {"rule": "office", "report": False, "holds": "no", "fate": "passed over", "against": ["ip"]},
            {"rule": "staff", "report": False, "holds": "no", "fate": "passed over",
             "against": ["groups or user"]}], told
        # The lines that a proxy copies are there as always: none of the client's stays.
        assert {name: answer.headers["x-woapol-" + name] for name in HEADERS} == {
            "effect": "deny", "chain": "", "policy": "Rest", "rule": "", "reason": "", "generation": "1"}
        told = why(OFFICE, X_Groups="Staff", X_App="Payroll").json()
        assert [(r["rule"], r["fate"]) for r in told["rules"]] == [("unmanaged", "decides")]
        answer = why(OFFICE, X_Groups="Staff", X_App="Payroll", X_Managed="yes")
        assert answer.status == 401 and answer.headers["www-authenticate"] == "woapol"
        assert [(r["rule"], r["against"], r["fate"]) for r in answer.json()["rules"]] == [
            ("unmanaged", ["posture"], "passed over"), ("staff", [], "decides")]
        told = why(ELSEWHERE, X_Risk="low", X_Complete="no").json()
        assert [(r["rule"], r["holds"], r["fate"]) for r in told["rules"]] == [
            ("risky", "no", "not reported"), ("office", "no", "passed over"),
            ("staff", "unknown", "decides")], told
        assert told["reason"] == "groups incomplete" and told["effect"] == "deny"
        assert why(OFFICE, X_Risk="none").json() == {"id": None, "error": "the risk is none of low, "
                                                     "medium and high"}
        for target in ("/explain=1", "/?explain=2", "/?explain=1&x", "/?EXPLAIN=1", "/?"):
            assert why(OFFICE, target).body == b"", target
        daemon.stop()


def test_explanations_are_bounded():
    rules = "".join(f"  rule r{n} when user in {{\"u{n}\"}} allow\n" for n in range(1500))
    source = "policy P is default {\n" + rules + "  rule rest deny\n}\n"
    with Daemon(build("many", source), *TRUST, "--allow-explain") as daemon:
        answer = daemon.get("/?explain=1", {"X-Forwarded-For": OFFICE})
        told = answer.json()
        assert told["rule"] == "rest" and len(told["rules"]) == 1000 and told["left_out"] == 501
        assert len(answer.body) < 200000
        daemon.stop()


def test_report_only_lets_pass_and_counts():
    with Daemon(build("p"), *TRUST, "--report-only") as daemon:
        answer = daemon.ask(ELSEWHERE)
        assert answer.status == 200 and answer.headers["x-woapol-effect"] == "deny"
        assert daemon.ask(OFFICE).status == 200
        assert daemon.metric("woapol_report_only_differences_total") == 1
