"""What the tests of `woapol serve` share: daemons, proxies, and raw requests."""
import collections
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time

RUN = {}  # tool, work, modules: set by run.py

# How long is waited for what comes in any case: long enough for a machine that has
# much else to do. Nothing is asserted of how long anything took.
PATIENCE = 180.0

OFFICE = "198.51.100.9"
ELSEWHERE = "203.0.113.9"

POLICY = """
network Office = 198.51.100.0/24 + 2001:db8:10::/48
group Staff = "All Staff@corp.example"
group Contractors
app Payroll
policy Finance for Payroll {
  rule unmanaged when not managed deny "Use a managed device"
  rule staff when group in Staff and network in Office authenticate password then fido2 every 8h
  otherwise deny
}
policy Rest is default {
  rule report risky when risk is high deny
  rule office when network in Office allow
  rule staff when group in Staff authenticate password
  otherwise deny
}
"""
OPEN_POLICY = "policy All is default { rule all allow otherwise deny }\n"
SHUT_POLICY = "policy None is default { otherwise deny }\n"


def allow_files(count):
    """Raises the limit on open files; False when it may not be that high."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
        except (ValueError, PermissionError, OSError):
            return False
    elif soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    return True


def path(name):
    return os.path.join(RUN["work"], name)


def build(name, source=POLICY, generation=1, *options):
    """Compiles a policy; the image appears in one step."""
    with open(path(name + ".woapol"), "w") as file:
        file.write(source)
    beside = path(name + ".wob.new")
    subprocess.run([RUN["tool"], "build", path(name + ".woapol"), "-o", beside, "--generation",
                    str(generation), *options], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    os.rename(beside, path(name + ".wob"))
    return path(name + ".wob")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {PATIENCE} s")


class Process:
    """A program that is ended by its own number."""

    def __init__(self, arguments, **options):
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL,
                                        start_new_session=True, **options)

    @property
    def pid(self):
        return self.process.pid

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        return self.process.wait(PATIENCE)

    def kill(self):
        """Ends it and what it started: a proxy's workers are of its session."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Daemon(Process):
    """woapol serve on ports of its own choice; `ports` has them by service."""

    def __init__(self, policy, *options, services=("http", "api"), env=None):
        self.messages = []
        listens = []
        for service in services:
            address = service if ":" in service else service + ":127.0.0.1:0"
            listens += ["--listen", address]
        super().__init__([RUN["tool"], "serve", policy, *listens, *options],
                         stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self.count = len(services)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        wait_for("the service", self.is_listening)
        self.ports = {}
        for line in list(self.messages):
            found = re.search(r"listening on (\w+):[\d.]+:(\d+)$", line)
            if found:
                self.ports[found[1]] = int(found[2])

    def read(self):
        for line in self.process.stderr:
            self.messages.append(line.decode().rstrip())

    def is_listening(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the service ended: {self.messages}")
        return sum("listening on" in line for line in self.messages) >= self.count

    def says(self, text):
        return any(text in line for line in list(self.messages))

    def stop(self):
        self.send(signal.SIGTERM)
        status = self.wait()
        assert status == 0, f"status {status}: {self.messages}"

    def get(self, target="/", headers=None, service="http", method="GET"):
        return request(self.ports[service], target, headers, method)

    def ask(self, forwarded=OFFICE, **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if forwarded is not None:
            fields["X-Forwarded-For"] = forwarded
        return self.get(headers=fields)

    def decide(self, question):
        body = question if isinstance(question, str) else json.dumps(question)
        return request(self.ports["api"], "/v1/decide", None, "POST", body.encode())

    def metric(self, name):
        """The value of a metric, with its labels as written; 0 when it is not there."""
        for line in self.get("/metrics", service="api").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def freeze(self):
        """Stops all of its threads; the signal alone says nothing of when."""
        self.send(signal.SIGSTOP)

        def is_frozen():
            tasks = f"/proc/{self.pid}/task"
            states = []
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/stat") as file:
                    states.append(file.read().rsplit(")", 1)[1].split()[0])
            return all(state in "Tt" for state in states)
        wait_for("its standstill", is_frozen)

    def memory(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


def read_answer(stream, head_only=False):
    """One HTTP answer from a buffered stream; None at its end."""
    line = stream.readline()
    if not line:
        return None
    status = int(line.split()[1])
    headers = {}
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")):
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    if status == 100:
        return read_answer(stream, head_only)
    size = 0 if head_only else int(headers.get("content-length", 0))
    return Answer(status, headers, stream.read(size))


def connect(port, timeout=PATIENCE):
    if isinstance(port, str):
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(timeout)
        made.connect(port)
        return made
    return socket.create_connection(("127.0.0.1", port), timeout)


def head(target="/", headers=None, method="GET", length=None):
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def request(port, target="/", headers=None, method="GET", body=None, timeout=PATIENCE):
    with connect(port, timeout) as made:
        made.sendall(head(target, headers, method, None if body is None else len(body)) +
                     (body or b""))
        with made.makefile("rb") as stream:
            return read_answer(stream, method == "HEAD")


def send_raw(port, data, answers=1, timeout=PATIENCE):
    """The statuses of so many answers, None for each that did not come."""
    with connect(port, timeout) as made:
        made.sendall(data)
        with made.makefile("rb") as stream:
            found = [read_answer(stream) for _ in range(answers)]
    return [answer.status if answer else None for answer in found]


class Load:
    """Asks on keep-alive connections until stopped; counts what came."""

    def __init__(self, port, headers=None, connections=4, expect=(200,)):
        self.data = head("/", headers)
        self.port, self.expect = port, expect
        self.done, self.wrong, self.statuses = 0, [], collections.Counter()
        self.is_over = False
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(connections)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            with connect(self.port) as made, made.makefile("rb") as stream:
                while not self.is_over:
                    made.sendall(self.data)
                    answer = read_answer(stream)
                    self.done += 1
                    self.statuses[answer.status if answer else None] += 1
                    if answer is None or answer.status not in self.expect:
                        self.wrong.append(answer and answer.status)
                        return
        except OSError as error:
            self.wrong.append(repr(error))

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join(PATIENCE)
        return self


def which(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
