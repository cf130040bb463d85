"""How the sandbox starts and stops, and what it does with what is no request."""
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import threading
import urllib.parse

from harness import RUN, Sandbox, same, shared


def test_files_are_for_their_owner_and_go_with_it():
    box = Sandbox()
    mode = {name: stat.S_IMODE(os.stat(os.path.join(box.folder, name)).st_mode) for name in os.listdir(box.folder)}
    same(mode, {"ca.pem": 0o644, "env": 0o600, "okta-rsa.key": 0o600, "okta-ec.key": 0o600})
    same(stat.S_IMODE(os.stat(box.folder).st_mode), 0o700)
    same(box.stop(), 0)
    assert not os.path.exists(box.folder)
    assert not os.path.exists(box.folder + ".ready")


def test_stops_on_each_signal():
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        same(Sandbox().stop(how), 0)


def test_a_folder_with_a_quote_can_be_sourced():
    box = Sandbox(directory=os.path.join(RUN["work"], "it's $HOME; x"))
    said = subprocess.run(["sh", "-c", '. "$1" && echo "$WOAPOL_SANDBOX_CA"', "sh", os.path.join(box.folder, "env")],
                          capture_output=True, text=True)
    same(said.stdout, os.path.join(box.folder, "ca.pem") + "\n")
    same(said.stderr, "")
    box.stop()


def test_secrets_differ_and_are_not_printed():
    with Sandbox() as one, Sandbox() as other:
        for name in ("WOAPOL_OKTA_TOKEN", "WOAPOL_ACCESS_CLIENT_SECRET", "WOAPOL_SANDBOX_UEM_KEY"):
            assert one.env[name] != other.env[name]
            assert one.env[name] not in one.text()


def test_listens_on_loopback_alone():
    box = shared()
    ports = {urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_" + name]).port for name in ("OKTA", "ACCESS", "UEM", "CONTROL")}
    same(len(ports), 4)
    heard = []
    for line in list(open("/proc/net/tcp"))[1:] + list(open("/proc/net/tcp6"))[1:]:
        parts = line.split()
        address, port = parts[1].rsplit(":", 1)
        if parts[3] == "0A" and int(port, 16) in ports:
            heard.append(address)
    same(heard, ["0100007F"] * 4)


def test_ports_follow_one_another():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = min(probe.getsockname()[1], 60000)
    with Sandbox("--port", str(first)) as box:
        if box.process.poll() is None:
            same([urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_" + name]).port for name in ("OKTA", "ACCESS", "UEM", "CONTROL")],
                 list(range(first, first + 4)))


def test_a_port_in_use_is_named():
    box = shared()
    port = urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_OKTA"]).port
    other = Sandbox("--port", str(port))
    same(other.process.wait(timeout=180), 1)
    same(other.text(), f"woapol sandbox: the okta tenant cannot listen on 127.0.0.1 port {port}: is it in use?\n")
    assert not os.path.exists(other.folder)


def test_bad_options_are_refused():
    for options, status, text in (
            (["--port", "70000"], 64, "--port"), (["--media", "xml"], 64, "--media"), (["--sample", "/nonexistent"], 1, "No such file"),
            (["--keep", "/nonexistent/x.db"], 1, "unable to open"), (["--directory", "/dev/null/x"], 1, "Not a directory")):
        done = subprocess.run([RUN["tool"], "sandbox", *options], capture_output=True, text=True, timeout=20, cwd=RUN["work"])
        same(done.returncode, status)
        assert text in done.stderr, done.stderr


def test_samples_of_ones_own():
    path = os.path.join(RUN["work"], "own.json")
    open(path, "w").write(json.dumps({"groups": [{"name": "Crew"}], "users": [{"login": "zoe@x.example", "name": "Zoe Zander", "groups": ["Crew"]}],
                                      "apps": [{"name": "Ledger"}]}))
    with Sandbox("--sample", path) as box:
        same([user["profile"]["login"] for user in box.okta("GET", "/users").json], ["zoe@x.example"])
        same(box.sign_in(tenant="okta", user="zoe@x.example", app="Ledger")["effect"], "authenticate")
    open(path, "w").write('{"groups": [{}]}')
    done = subprocess.run([RUN["tool"], "sandbox", "--sample", path], capture_output=True, text=True, cwd=RUN["work"])
    same((done.returncode, done.stderr), (1, f'woapol sandbox: {path}: groups[0] has no "name"\n'))
    open(path, "w").write('{"groups": [}')
    done = subprocess.run([RUN["tool"], "sandbox", "--sample", path], capture_output=True, text=True, cwd=RUN["work"])
    assert done.returncode == 1 and path + ":1:" in done.stderr, done.stderr


def test_what_is_kept_is_there_again():
    path = os.path.join(RUN["work"], "kept.db")
    zone = {"type": "IP", "name": "Kept", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}
    with Sandbox("--keep", path) as box:
        first = box.okta("POST", "/zones", zone).json["id"]
        box.access("POST", "/SAAS/jersey/manager/api/orgnetworks", {"name": "Kept", "ipAddressRanges": [{"from": "192.0.2.1", "to": "192.0.2.9"}]})
    with Sandbox("--keep", path) as box:
        same(box.okta("GET", "/zones/" + first).json["gateways"], zone["gateways"])
        assert box.okta("POST", "/zones", {**zone, "name": "Another"}).json["id"] != first
        assert "Kept" in [r["name"] for r in box.access("GET", "/SAAS/jersey/manager/api/orgnetworks").json["items"]]
        box.okta("POST", f"/zones/{first}/lifecycle/deactivate", b"")
        same(box.okta("DELETE", "/zones/" + first).status, 204)
        # Two at a time would write over each other.
        other = subprocess.run([RUN["tool"], "sandbox", "--keep", path, "--directory", path + ".d"], capture_output=True, text=True, timeout=180)
        same(other.returncode, 1)
        assert "locked" in other.stderr, other.stderr
    with Sandbox("--keep", path) as box:
        same(box.okta("GET", "/zones/" + first).status, 404)


def test_somebody_elses_file_is_left_alone():
    import sqlite3
    path = os.path.join(RUN["work"], "theirs.db")
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE object (mine TEXT)")
    text = os.path.join(RUN["work"], "theirs.txt")
    open(text, "w").write("not a database, and longer than a page of one could be\n" * 100)
    for kept, why in ((path, "not one of the sandbox"), (text, "not a database")):
        before = open(kept, "rb").read()
        done = subprocess.run([RUN["tool"], "sandbox", "--keep", kept], capture_output=True, text=True, cwd=RUN["work"], timeout=180)
        same(done.returncode, 1)
        assert why in done.stderr, done.stderr
        same(open(kept, "rb").read(), before)


# ---- what is no request --------------------------------------------------------------


def raw(box, name, data, tls=True):
    parts = urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_" + name])
    line = socket.create_connection((parts.hostname, parts.port), timeout=20)
    if tls:
        line = box.context.wrap_socket(line, server_hostname="localhost")
    try:
        line.sendall(data)
        answer = b""
        while len(answer) < 65536:
            more = line.recv(4096)
            if not more:
                break
            answer += more
        return answer
    except (ConnectionError, TimeoutError, ssl.SSLError):
        return b""
    finally:
        line.close()


def test_broken_requests_are_refused():
    box = shared()
    own = urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_OKTA"]).netloc.encode()
    for data, status in (
            (b"GET /api/v1/zones?a=%zz HTTP/1.1\r\nHost: " + own + b"\r\nConnection: close\r\n\r\n", b"400"),
            (b"GET /api/v1/zones HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"421"),
            (b"GET /api/v1/zones HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n", b"421"),
            (b"POST /api/v1/zones HTTP/1.1\r\nHost: " + own + b"\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n", b"413"),
            (b"nonsense\r\n\r\n", b""), (b"\x00" * 200, b""), (b"GET " + b"/" * 200000 + b" HTTP/1.1\r\n\r\n", b"")):
        answer = raw(box, "OKTA", data)
        assert not status or answer.split(b" ")[1:2] == [status], (data[:60], answer[:80])
    same(box.okta("GET", "/zones").status, 200)


def test_a_body_without_end_is_cut_off():
    box = shared()
    own = urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_ACCESS"]).netloc.encode()
    answer = raw(box, "ACCESS", b"POST /SAAS/auth/oauthtoken HTTP/1.1\r\nHost: " + own + b"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
                 (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 6 + b"0\r\n\r\n")
    assert answer == b"" or b" 413 " in answer, answer[:80]
    same(box.access("GET", "/SAAS/jersey/manager/api/orgnetworks").status, 200)


def test_many_connections_do_no_harm():
    box = shared()
    parts = urllib.parse.urlsplit(box.env["WOAPOL_SANDBOX_OKTA"])
    lines = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(200)]
    try:
        same(box.okta("GET", "/zones").status, 200)
    finally:
        for line in lines:
            line.close()
    results = []

    def work():
        results.append([box.okta("GET", "/groups?limit=3").status for _ in range(10)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(results, [[200] * 10] * 8)


def test_another_page_cannot_use_it():
    box = shared()
    order = {"tenant": "okta", "user": "ana@corp.example"}
    same(box.control("POST", "/sandbox/signin", order, {"Origin": "https://evil.example"}).status, 403)
    same(box.control("POST", "/sandbox/signin", json.dumps(order), {"Content-Type": "text/plain"}).status, 415)
    same(box.control("POST", "/sandbox/reset", "{}", {"Content-Type": "text/plain"}).status, 415)
    same(box.control("GET", "/sandbox/signin").status, 405)
    same(box.control("GET", "/nothing").status, 404)
    same(box.control("GET", "/../sample.json").status, 404)
    same(box.control("POST", "/sandbox/signin", "{").status, 415)
    same(box.control("POST", "/sandbox/signin", "{", {"Content-Type": "application/json"}).status, 400)


def test_the_authority_vouches_for_loopback_alone():
    box = shared()
    path = os.path.join(box.folder, "ca.pem")
    said = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", path], capture_output=True, text=True).stdout
    assert "Name Constraints: critical" in said and "DNS:localhost" in said, said
    assert not any("ca" in name and "key" in name for name in os.listdir(box.folder))


def test_faults_happen_when_they_are_ordered():
    with Sandbox() as box:
        zone = {"type": "IP", "name": "F", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}
        box.control("POST", "/sandbox/faults", {"tenant": "okta", "do": "503", "after": 1, "method": "POST", "path": "/api/v1/zones"})
        same(box.okta("POST", "/zones", {**zone, "name": "F1"}).status, 200)
        same(box.okta("GET", "/zones").status, 200)
        same(box.okta("POST", "/zones", {**zone, "name": "F2"}).status, 503)
        same(box.okta("POST", "/zones", {**zone, "name": "F2"}).status, 200)
        box.control("POST", "/sandbox/faults", {"tenant": "okta", "do": "lose"})
        try:
            box.okta("POST", "/zones", {**zone, "name": "F3"})
            raise AssertionError("there was an answer")
        except (ConnectionError, OSError, Exception) as problem:
            assert "there was an answer" not in str(problem)
        assert "F3" in [z["name"] for z in box.okta("GET", "/zones").json]
        box.control("POST", "/sandbox/faults", {"tenant": "access", "do": "500-late"})
        same(box.access("GET", "/SAAS/jersey/manager/api/orgnetworks", token="Bearer x").status, 500)
        same(box.control("POST", "/sandbox/faults", {"tenant": "okta", "do": "explode"}).status, 400)
        same(box.control("POST", "/sandbox/faults", {"tenant": "moon", "do": "cut"}).status, 400)
        box.control("POST", "/sandbox/faults", {"tenant": "okta", "do": "429", "times": 2})
        answer = box.okta("GET", "/zones")
        same((answer.status, answer.error()[0]), (429, "E0000047"))
        box.control("DELETE", "/sandbox/faults")
        same(box.okta("GET", "/zones").status, 200)
        box.control("POST", "/sandbox/reset", {})
        assert "F3" not in [z["name"] for z in box.okta("GET", "/zones").json]


def test_the_log_holds_calls_and_no_secrets():
    box = shared()
    box.okta("GET", "/zones")
    box.grant("woapol", box.env["WOAPOL_ACCESS_CLIENT_SECRET"])
    text = box.control("GET", "/sandbox/log").body.decode() + box.control("GET", "/sandbox/state").body.decode()
    assert "/api/v1/zones" in text
    for name, value in box.env.items():
        if "TOKEN" in name or "SECRET" in name or name.endswith("UEM_KEY"):
            assert value not in text, name


def test_uem_tells_version_devices_and_settings():
    box = shared()
    url, key = box.env["WOAPOL_SANDBOX_UEM"], {"aw-tenant-code": box.env["WOAPOL_SANDBOX_UEM_KEY"]}
    path = "/api/system/groups/7/enrollment/authentication"
    same(box.send(url, "GET", "/api/system/info").status, 401)
    same(box.send(url, "GET", "/api/system/info", headers=key).json["ProductVersion"], "22.10.0.0")
    found = box.send(url, "GET", "/api/mdm/devices/search?user=ana@corp.example", headers=key).json
    same((found["Total"], found["Devices"][0]["EnrollmentStatus"]), (3, "Enrolled"))
    settings = box.send(url, "GET", path, headers=key).json
    same(settings["sourceOfAuthentication"], "WORKSPACE_ONE_ACCESS")
    same(box.send(url, "PUT", path, {**settings, "sourceOfAuthentication": "?"}, key).status, 400)
    # Without Access as the source of authentication Hub brings no token.
    same(box.send(url, "PUT", path, {**settings, "sourceOfAuthentication": "WORKSPACE_ONE_UEM"}, key).status, 200)
    same(box.send(url, "PUT", path, settings, key).status, 200)
    same(box.send(url, "DELETE", path, headers=key).status, 405)
    same(box.send(url, "GET", "/api/system/groups/8/enrollment/authentication", headers=key).status, 404)
