"""`make demo`, and what it leaves: no secret in any file, line or argument."""
import os
import subprocess
import threading
import time

from harness import RUN, Skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECRET_NAMES = ("WOAPOL_OKTA_TOKEN", "WOAPOL_ACCESS_CLIENT_SECRET", "WOAPOL_SANDBOX_UEM_KEY")


class Watch(threading.Thread):
    """Gathers secrets while they are there, and every process's arguments."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.secrets, self.seen, self.done = folder, set(), set(), False

    def read_env(self):
        try:
            for line in open(os.path.join(self.folder, "tenants", "env")):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                if name in SECRET_NAMES and value:
                    self.secrets.add(value.encode())
            for line in open(os.path.join(self.folder, "secrets")):
                self.secrets.update(word.strip('",').encode() for word in line.split() if len(word) >= 30)
        except OSError:
            pass

    def run(self):
        while not self.done:
            self.read_env()
            for entry in os.listdir("/proc"):
                if entry.isdigit():
                    try:
                        self.seen.add(open(f"/proc/{entry}/cmdline", "rb").read())
                    except OSError:
                        pass
            time.sleep(0.005)


def test_the_demo_does_what_it_should_and_tells_no_secret():
    for tool in ("curl", "jq"):
        if subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True).returncode:
            raise Skip(f"there is no {tool}")
    folder = os.path.join(RUN["work"], "demo")
    watch = Watch(folder)
    watch.start()
    done = subprocess.run([os.path.join(ROOT, "examples", "demo.sh"), RUN["tool"], folder], capture_output=True, cwd=RUN["work"])
    watch.done = True
    watch.join()
    text = done.stdout + done.stderr
    assert done.returncode == 0, text.decode()[-4000:]
    assert len(watch.secrets) >= 6, "the secrets of two sandboxes were to be seen"
    assert any(b"push" in line for line in watch.seen), "no process was seen"
    places = [("the output", text)] + [("an argument", line) for line in watch.seen]
    for where, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(where, name)
            places.append((path, open(path, "rb").read()))
    for where, content in places:
        for secret in watch.secrets:
            assert secret not in content, f"a secret is in {where}: {content[:200]!r}"
    assert not os.path.exists(os.path.join(folder, "tenants")), "keys are left"
