"""Runs the tests of `woapol lsp`: run.py TOOL TAP WORK [NAME...]

Each function test_* of each test_*.py here is one test.
"""
import importlib
import os
import shutil
import sys
import time
import traceback

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
sys.dont_write_bytecode = True
import harness  # noqa: E402


def run_one(module, name, tap):
    title = f"lsp {module.__name__[5:]} {name[5:].replace('_', ' ')}"
    started = time.monotonic()
    try:
        getattr(module, name)()
        tap.write(f"ok - {title}\n")
        passed = True
    except Exception:
        tap.write(f"not ok - {title}\n")
        print(f"{title}:\n{traceback.format_exc()}", flush=True)
        passed = False
    tap.flush()
    if os.environ.get("TIMES"):
        print(f"{time.monotonic() - started:6.1f} s {title}", flush=True)
    return passed


def main():
    tool, tap_path, work = sys.argv[1:4]
    wanted = sys.argv[4:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    harness.RUN.update(tool=os.path.abspath(tool), work=os.path.abspath(work))
    good = True
    with open(tap_path, "w") as tap:
        for file in sorted(os.listdir(here)):
            if not (file.startswith("test_") and file.endswith(".py")):
                continue
            module = importlib.import_module(file[:-3])
            for name in [n for n in vars(module) if n.startswith("test_")]:
                if not wanted or any(word in file + name for word in wanted):
                    good &= run_one(module, name, tap)
    return 0 if good else 1


sys.exit(main())
