"""Behind real proxies, with the configurations of docs/embedding.md."""
import os
import signal

from harness import ELSEWHERE, OFFICE, Daemon, Load, build, free_port, wait_for
from proxies import TRUST, apache, caddy, haproxy, nginx, status


def expect(ask, wanted, late):
    """The answer is right, or comes too late for the proxy; then it is asked once more."""
    def is_right():
        got = ask()
        assert got == wanted or got in late, got
        return got == wanted
    wait_for(wanted, is_right)


def check_load(site, late):
    load = Load(site, {"X-Forwarded-For": OFFICE}, 4, (204, *late))
    wait_for("answers", lambda: load.statuses[204] > 200 or load.wrong)
    assert not load.stop().wrong, load.wrong


def test_nginx():
    auth = free_port()
    with Daemon(build("p"), *TRUST, services=(f"http:127.0.0.1:{auth}",)) as daemon, nginx(auth) as site:
        expect(lambda: status(site, OFFICE), 204, (403,))
        assert status(site, ELSEWHERE) == 403
        # What a client claims to be does not reach the service.
        assert status(site, ELSEWHERE, X_Groups="Staff") == 403
        check_load(site, (403,))
        assert len(os.listdir(f"/proc/{daemon.pid}/fd")) < 60


def test_haproxy():
    spop = free_port()
    with Daemon(build("p"), *TRUST, services=(f"spop:127.0.0.1:{spop}",)), haproxy(spop) as site:
        expect(lambda: status(site), 204, (503,))
        expect(lambda: status(site, ELSEWHERE), 403, (503,))
        expect(lambda: status(site, ELSEWHERE, X_Groups="Staff"), 401, (503,))
        check_load(site, (503,))


def test_caddy():
    auth = free_port()
    with Daemon(build("p"), "--trusted-proxy", "127.0.0.1", services=(f"http:127.0.0.1:{auth}",)), caddy(auth) as site:
        expect(lambda: status(site, OFFICE), 204, (502, 504))
        expect(lambda: status(site, ELSEWHERE), 403, (502, 504))


def test_apache():
    """The RewriteMap of the document; the address is the peer's, so the policy is about that."""
    for name, network, wanted in (("in", "127.0.0.0/8", 200), ("out", "192.0.2.0/24", 403)):
        image = build("apache-" + name, f"network Here = {network}\n"
                      "policy P is default { rule here when network in Here allow otherwise deny }\n")
        with apache(image) as (site, server):
            got = [status(site) for _ in range(20)]
            assert got == [wanted] * 20, (name, got)
            server.send(signal.SIGTERM)
            server.wait()
