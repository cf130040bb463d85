"""The page, in headless Chromium: page.mjs."""
import os
import re
import shutil
import subprocess

from harness import RUN, Sandbox, Skip, same


def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise Skip("there is no chromium")
    if not os.path.isdir(os.path.join(RUN["cache"], "node_modules", "playwright-core")):
        raise Skip("playwright-core is not there")
    return found


def test_in_a_browser():
    executable = browser()
    with Sandbox() as box:
        box.okta("POST", "/policies", {"type": "ACCESS_POLICY", "name": "<img src=x onerror=alert(1)>"})
        done = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.mjs"), RUN["cache"],
                               box.env["WOAPOL_SANDBOX_CONTROL"], executable], capture_output=True, text=True, timeout=600)
        lines = re.findall(r"^(?:not )?ok - .*", done.stdout, re.M)
        assert done.returncode == 0 and len(lines) >= 11, done.stdout + done.stderr


def test_its_files_come_with_a_policy_of_their_own():
    with Sandbox() as box:
        for name, kind in (("", "text/html"), ("page.js", "text/javascript"), ("words.js", "text/javascript"), ("style.css", "text/css"),
                           ("icon.svg", "image/svg+xml")):
            answer = box.control("GET", "/" + name)
            assert answer.status == 200 and answer.headers["Content-Type"].startswith(kind), name
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert b"http://" not in answer.body.replace(b"http://www.w3.org/2000/svg", b"") and b"https://" not in answer.body, name
        same(box.control("GET", "/sample.json").status, 404)
