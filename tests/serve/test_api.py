"""The JSON API, health, metrics, the decision log."""
import json
import os
import subprocess

from harness import (ELSEWHERE, OFFICE, POLICY, RUN, Daemon, build, connect, head, path, read_answer,
                     request, send_raw, wait_for)

TRUST = ("--trusted-proxy", "127.0.0.1", "--fact", "user=X-User")


def test_decisions_are_those_of_eval():
    image = build("p")
    questions = [{"id": 1, "ip": OFFICE}, {"id": "b", "ip": ELSEWHERE, "groups": ["Staff"]},
                 {"groups": ["Contractors"], "groups_complete": False, "app": "Payroll"},
                 {"ip": 7}, {"id": 5, "risk": "low", "managed": True, "app": "Payroll",
                             "groups": ["Staff"], "ip": OFFICE}]
    lines = "".join(json.dumps(q) + "\n" for q in questions)
    wanted = [json.loads(line) for line in subprocess.run(
        [RUN["tool"], "eval", image], input=lines.encode(), stdout=subprocess.PIPE).stdout.splitlines()]
    with Daemon(image, services=("api",)) as daemon:
        assert daemon.decide(questions).json() == wanted
        for question, decision in zip(questions, wanted):
            answer = daemon.decide(question)
            assert answer.json() == decision and answer.status == (400 if "error" in decision else 200)
        for body in ("", "[", "[{}", "[{},]", "[,{}]", "[{}]]", "{", "nonsense", "[{}] []", '["a'):
            answer = daemon.decide(body)
            assert answer.status == 400 and "error" in answer.json(), body
        assert daemon.decide("[]").json() == []
        assert daemon.decide(" [ {} , {} ] ").status == 200
        assert len(daemon.decide([{}] * 10000).json()) == 10000
        assert daemon.decide([{}] * 10001).status == 400
        assert daemon.decide(" " * (1 << 20) + "{}").status == 413
        daemon.stop()


def test_routes_and_health():
    with Daemon(build("p"), services=("api",)) as daemon:
        api = daemon.ports["api"]
        for target, method, status in (("/healthz", "GET", 200), ("/readyz", "HEAD", 200),
                                       ("/healthz?x", "GET", 200), ("/v1/decide", "GET", 405),
                                       ("/metrics", "POST", 405), ("/", "GET", 404), ("/x", "POST", 404)):
            assert request(api, target, None, method).status == status, (target, method)
        assert request(api, "/v1/decide").headers["allow"] == "POST"
        assert daemon.decide({}).headers["content-type"] == "application/json"
        data = (head("/v1/decide", {"Expect": "100-continue"}, "POST", 2))
        with connect(api) as made, made.makefile("rb") as stream:
            made.sendall(data)
            assert stream.readline() == b"HTTP/1.1 100 Continue\r\n" and stream.readline() == b"\r\n"
            made.sendall(b"{}")
            assert read_answer(stream).status == 200
        assert send_raw(api, head("/healthz") * 2, 2) == [200, 200]


def test_metrics_are_bounded_by_the_policy():
    with Daemon(build("p", generation=9), *TRUST) as daemon:
        for number in range(200):
            daemon.ask(f"203.0.113.{number}", X_User=f"user{number}")
        daemon.ask(OFFICE)
        assert daemon.metric('woapol_decisions_total{policy="Rest",rule="",effect="deny",reason=""}') == 200
        assert daemon.metric('woapol_decisions_total{policy="Rest",rule="office",effect="allow",reason=""}') == 1
        assert daemon.metric("woapol_image_generation") == 9
        assert daemon.metric("woapol_image_loads_total") == 1
        assert daemon.metric("woapol_decision_seconds_count") == 201
        assert daemon.metric('woapol_requests_total{protocol="http"}') == 201
        page = daemon.get("/metrics", service="api").body.decode()
        assert len(page.splitlines()) < 100 and "user1" not in page
        # Every line is in Prometheus' format, and every metric has its help.
        for line in page.splitlines():
            assert line.startswith(("# HELP ", "# TYPE ")) or len(line.rsplit(" ", 1)) == 2, line
            if not line.startswith("#"):
                float(line.rsplit(" ", 1)[1])


def read_log(name):
    with open(path(name)) as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def effects_of(name):
    """Of the lines that are whole already."""
    with open(path(name)) as file:
        return [json.loads(line)["effect"] for line in file if line.endswith("\n")]


def test_log_masks_people():
    with Daemon(build("p"), *TRUST, "--log", path("log1"), "--log-allowed", "100") as daemon:
        for forwarded in (OFFICE, ELSEWHERE, "2001:db8:77:66::1"):
            daemon.ask(forwarded, X_User="ana@corp.example")
        daemon.ask("garbage", X_User="ana@corp.example")
        wait_for("the lines", lambda: len(read_log("log1")) == 4)
        daemon.stop()
    lines = sorted(read_log("log1"), key=lambda line: line["time"])
    text = json.dumps(lines)
    assert "ana@" not in text and OFFICE not in text and ":66" not in text
    assert {line.get("ip") for line in lines} == {"198.51.100.0/24", "203.0.113.0/24", "2001:db8:77::/48", None}
    assert len({line["user"] for line in lines}) == 1 and lines[0]["user"].startswith("u:")
    assert any(line.get("error") for line in lines)


def test_log_keeps_denials_and_samples_the_rest():
    with open(path("key"), "wb") as file:
        file.write(b"k" * 32)
    options = ("--log", path("log2"), "--log-key", path("key"), "--threads", "1")
    with Daemon(build("p"), *TRUST, *options) as daemon:
        send_raw(daemon.ports["http"], head("/", {"X-Forwarded-For": OFFICE}) * 3000, 3000)
        denial = head("/", {"X-Forwarded-For": ELSEWHERE})
        for number in range(1, 11):
            send_raw(daemon.ports["http"], denial * 30, 30)
            wait_for("the lines", lambda: effects_of("log2").count("deny") >= 30 * number)
        daemon.stop()
    effects = effects_of("log2")
    assert effects.count("deny") == 300, effects.count("deny")
    assert 5 <= effects.count("allow") <= 80, effects.count("allow")


def test_log_never_blocks():
    with Daemon(build("p"), *TRUST, "--log", "-", "--threads", "1") as daemon:
        # Nobody reads standard output: the pipe fills, and lines are dropped.
        data = head("/", {"X-Forwarded-For": ELSEWHERE})
        for _ in range(10):
            assert send_raw(daemon.ports["http"], data * 500, 500) == [403] * 500
        assert daemon.metric("woapol_log_dropped_total") > 0
        daemon.stop()


def test_log_is_opened_anew():
    with Daemon(build("p"), *TRUST, "--log", path("log3")) as daemon:
        daemon.ask(ELSEWHERE)
        wait_for("a line", lambda: os.path.getsize(path("log3")) > 0)
        os.rename(path("log3"), path("log3.1"))
        daemon.send(1)
        wait_for("the new file", lambda: os.path.exists(path("log3")))
        daemon.ask(ELSEWHERE)
        wait_for("a line", lambda: os.path.getsize(path("log3")) > 0)
        daemon.stop()
