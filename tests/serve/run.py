"""Runs the tests of `woapol serve`: run.py TOOL TAP WORK MODULES [NAME...]

Each function test_* of each test_*.py here is one test. MODULES is a folder with
node_modules, or what is not there. A test that raises Skip says why.
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


class Skip(Exception):
    pass


harness.Skip = Skip


def run_one(module, name, tap):
    title = f"serve {module.__name__[5:]} {name[5:].replace('_', ' ')}"
    started = time.monotonic()
    try:
        getattr(module, name)()
        tap.write(f"ok - {title}\n")
        passed = True
    except Skip as reason:
        tap.write(f"ok - {title} # SKIP {reason}\n")
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
    tool, tap_path, work, modules = sys.argv[1:5]
    wanted = sys.argv[5:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    # Paths of unix sockets are short, build folders may not be.
    harness.RUN.update(tool=os.path.abspath(tool), work=os.path.abspath(work),
                       modules=os.path.abspath(modules))
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
