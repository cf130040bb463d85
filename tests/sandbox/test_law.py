"""Random policies, pushed: the sandbox decides as `woapol eval` does, on ten sign-ins each.
The tool and the sandbox are in one process, tests/sandbox/batch.c. `make law` is for more."""
import os
import shutil
import subprocess

from harness import RUN, Skip


def obey(tenant):
    if shutil.which("node") is None:
        raise Skip("there is no node")
    here, built = os.path.dirname(os.path.abspath(__file__)), os.path.dirname(RUN["work"])
    done = subprocess.run(["node", os.path.join(here, "law.mjs"), tenant, os.path.join(built, "batch"), os.path.join(built, "access-generate"),
                           os.path.join(RUN["work"], "law-" + tenant), os.environ.get("POLICIES", "40"), os.environ.get("SEED", "1")],
                          capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_random_policies_in_an_okta_org():
    obey("okta")


def test_random_policies_in_an_access_tenant():
    obey("access")
