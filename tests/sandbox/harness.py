"""What the tests of the sandbox share: starting one, and calling its tenants."""
import http.client
import json
import os
import shlex
import signal
import ssl
import subprocess
import time
import urllib.parse

RUN = {}  # tool, work, cache: set by run.py
SHARED = {}
JERSEY = "/SAAS/jersey/manager/api"


class Skip(Exception):
    pass


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def error(self):
        """Okta's code and cause."""
        body = self.json
        causes = [cause["errorSummary"] for cause in body.get("errorCauses", [])]
        return body["errorCode"], " ".join(causes)


class Sandbox:
    """One running sandbox, with the files that it wrote."""

    def __init__(self, *options, name="box", directory=None):
        self.folder = directory or os.path.join(RUN["work"], f"{name}-{len(os.listdir(RUN['work']))}")
        ready = self.folder + ".ready"
        self.output = open(self.folder + ".out", "w+")
        self.process = subprocess.Popen(
            [RUN["tool"], "sandbox", "--directory", self.folder, "--ready-file", ready, *options],
            stdout=self.output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 180
        while not os.path.exists(ready) and self.process.poll() is None:
            if time.monotonic() > until:
                self.process.kill()
                raise AssertionError("the sandbox did not come up")
            time.sleep(0.02)
        self.env = {}
        if self.process.poll() is None:
            self.read_env()

    def read_env(self):
        for line in open(os.path.join(self.folder, "env")):
            if line.startswith("export "):
                name, value = line[7:].rstrip("\n").split("=", 1)
                self.env[name] = shlex.split(value)[0]
        self.context = ssl.create_default_context(cafile=self.env["WOAPOL_SANDBOX_CA"])
        self.access_token = None

    def text(self):
        self.output.flush()
        return open(self.folder + ".out").read()

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=180)
        self.output.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def send(self, url, method, target, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            line = http.client.HTTPSConnection(parts.hostname, parts.port, context=self.context, timeout=180)
        else:
            line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=180)
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        try:
            line.request(method, target, body, headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            line.close()

    def okta(self, method, path, body=None, headers=None, token=None):
        token = token if token is not None else "SSWS " + self.env["WOAPOL_OKTA_TOKEN"]
        return self.send(self.env["WOAPOL_SANDBOX_OKTA"], method, path if path[1:4] in ("oau", ".we") else "/api/v1" + path,
                         body, {"Authorization": token, **(headers or {})})

    def access(self, method, path, body=None, headers=None, token=None):
        if token is None:
            token = "Bearer " + self.token()
        return self.send(self.env["WOAPOL_SANDBOX_ACCESS"], method, path, body, {"Authorization": token, **(headers or {})})

    def grant(self, client, secret, form="grant_type=client_credentials", path="/SAAS/auth/oauthtoken"):
        import base64
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        return self.send(self.env["WOAPOL_SANDBOX_ACCESS"], "POST", path, form,
                         {"Authorization": "Basic " + basic, "Content-Type": "application/x-www-form-urlencoded"})

    def token(self):
        if self.access_token is None:
            self.access_token = self.grant("woapol", self.env["WOAPOL_ACCESS_CLIENT_SECRET"]).json["access_token"]
        return self.access_token

    def control(self, method, path, body=None, headers=None):
        return self.send(self.env["WOAPOL_SANDBOX_CONTROL"], method, path, body, headers)

    def sign_in(self, **order):
        answer = self.control("POST", "/sandbox/signin", order)
        assert answer.status == 200, answer.body
        return answer.json

    def group(self, name):
        return next(g["id"] for g in self.okta("GET", "/groups").json if g["profile"]["name"] == name)

    def app(self, label):
        return next(a["id"] for a in self.okta("GET", "/apps?limit=200").json if a["label"] == label)


def shared(*options):
    """One sandbox for the tests of a file that can share it."""
    if options not in SHARED:
        SHARED[options] = Sandbox(*options)
    return SHARED[options]


def stop_shared():
    for box in SHARED.values():
        box.stop()
    SHARED.clear()


def same(got, wanted):
    assert got == wanted, f"got {got!r}, not {wanted!r}"


ACCESS_RULE = {"type": "ACCESS_POLICY", "actions": {"appSignOn": {"access": "DENY"}}}


def chain(*steps):
    """A verification method: each step is a list of (key, method)."""
    made = None
    for step in reversed(steps):
        one = {"authenticationMethods": [{"key": key, "method": method} for key, method in step]}
        if made:
            one["next"] = [made]
        made = one
    return made
