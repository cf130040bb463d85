"""Random policies, pushed: the sandbox decides as `woapol eval` does. Okta's are
here, Access' in tests/access. POLICIES=1000 SEED=1 for more."""
import os
import shutil
import subprocess

from harness import RUN, Skip


def test_random_policies_in_an_okta_org():
    if shutil.which("node") is None:
        raise Skip("there is no node")
    done = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "law.mjs"), RUN["tool"], os.path.join(RUN["work"], "law"),
                           os.environ.get("POLICIES", "25"), os.environ.get("SEED", "1")], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
