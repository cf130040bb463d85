"""Runs the tests of `woapol sandbox`: run.py TOOL TAP WORK CACHE [NAME...]

Each function test_* of each test_*.py here is one test. A test that raises Skip
says why.
"""
import importlib
import os
import shutil
import sys
import traceback

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
sys.dont_write_bytecode = True
import harness  # noqa: E402


def run_one(module, name, tap):
    title = f"sandbox {module.__name__[5:]}: {name[5:].replace('_', ' ')}"
    try:
        getattr(module, name)()
        tap.write(f"ok - {title}\n")
        return True
    except harness.Skip as reason:
        tap.write(f"ok - {title} # SKIP {reason}\n")
        return True
    except Exception:
        tap.write(f"not ok - {title}\n")
        print(f"{title}:\n{traceback.format_exc()}", flush=True)
        return False
    finally:
        tap.flush()


def main():
    tool, tap_path, work, cache = sys.argv[1:5]
    wanted = sys.argv[5:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    harness.RUN.update(tool=os.path.abspath(tool), work=os.path.abspath(work),
                       cache=os.path.abspath(cache))
    good = True
    with open(tap_path, "w") as tap:
        for file in sorted(os.listdir(here)):
            if not (file.startswith("test_") and file.endswith(".py")):
                continue
            module = importlib.import_module(file[:-3])
            for name in [n for n in vars(module) if n.startswith("test_")]:
                if not wanted or any(word in file + name for word in wanted):
                    good &= run_one(module, name, tap)
            harness.stop_shared()
    return 0 if good else 1


sys.exit(main())
