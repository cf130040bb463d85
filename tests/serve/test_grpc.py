"""Envoy's ext_authz, asked with the protos that Envoy publishes."""
import json
import os
import subprocess

from harness import (ELSEWHERE, OFFICE, PATIENCE, RUN, Daemon, build, connect, which)
import harness

OPTIONS = ("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8", "--fact",
           "groups=X-Groups")


def question(source, headers=None, extensions=None):
    address = {"address": {"socket_address": {"address": source, "port_value": 4711}}}
    return {"attributes": {"source": address, "context_extensions": extensions or {},
                           "request": {"http": {"method": "GET", "path": "/", "headers": headers or {}}}}}


def start_check(port, deadline):
    if not os.path.isdir(os.path.join(RUN["modules"], "node_modules/@grpc/grpc-js-xds")):
        raise harness.Skip("the protos could not be had from npm")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.js")
    return subprocess.Popen([which("node"), script, RUN["modules"], f"127.0.0.1:{port}", str(deadline)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def check(port, questions):
    made = start_check(port, 1000 * PATIENCE)
    lines = "".join(json.dumps(q) + "\n" for q in questions)
    output, _ = made.communicate(lines.encode(), PATIENCE)
    assert made.returncode == 0
    return [json.loads(line) for line in output.splitlines()]


class Client:
    """As Envoy with failure_mode_allow: false: what is no answer in time is an error."""

    def __init__(self, port, deadline):
        self.made = start_check(port, deadline)

    def ask(self, source):
        """The status of the verdict, 0 when it passes; of the call when there is none, as text."""
        self.made.stdin.write(json.dumps(question(source)).encode() + b"\n")
        self.made.stdin.flush()
        answer = json.loads(self.made.stdout.readline())
        return answer["status"].get("code", 0) if "status" in answer else f"error {answer['code']}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.made.stdin.close()
        self.made.stdout.close()
        self.made.wait(PATIENCE)


def headers_of(response):
    return {h["header"]["key"]: h["header"]["value"] for h in response["headers"]}


def test_answers():
    with Daemon(build("p", generation=3), *OPTIONS, services=("grpc", "api")) as daemon:
        got = check(daemon.ports["grpc"], [
            question(OFFICE),
            question(ELSEWHERE, {"x-forwarded-for": OFFICE}),
            question(ELSEWHERE, {"x-groups": "Staff"}),
            question("10.1.1.1", {"x-forwarded-for": f"{ELSEWHERE}, {OFFICE}"}),
            question("10.1.1.1", {}),
            question(OFFICE, {"x-groups": "Staff"}, {"app": "Payroll", "managed": "true"}),
            question(OFFICE, {}, {"managed": "perhaps"}),
            {}])
        codes = [answer["status"].get("code") for answer in got]
        assert codes == [0, 7, 16, 0, 7, 16, 7, 7], codes
        allowed = headers_of(got[0]["ok_response"])
        assert allowed["x-woapol-rule"] == "office" and allowed["x-woapol-generation"] == "3"
        assert set(allowed) == {"x-woapol-" + name for name in
                                ("effect", "chain", "policy", "rule", "reason", "generation")}
        # Each replaces what the client may have sent under its name.
        assert all(h["append"] == {} for h in got[0]["ok_response"]["headers"])
        assert got[1]["denied_response"]["status"]["code"] == "Forbidden"
        assert got[2]["denied_response"]["status"]["code"] == "Unauthorized"
        assert headers_of(got[5]["denied_response"])["x-woapol-chain"] == "password then fido2"
        assert headers_of(got[6]["denied_response"])["x-woapol-reason"] == "bad request"
        assert daemon.metric('woapol_requests_total{protocol="grpc"}') == 8
        daemon.stop()


def test_what_is_no_call_is_refused():
    with Daemon(build("p"), *OPTIONS, services=("grpc", "api")) as daemon:
        for data in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(4000),
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + os.urandom(2000)):
            with connect(daemon.ports["grpc"]) as made:
                made.sendall(data)
                while made.recv(4096):
                    pass
        assert check(daemon.ports["grpc"], [question(OFFICE)])[0]["status"]["code"] == 0
        daemon.stop()
