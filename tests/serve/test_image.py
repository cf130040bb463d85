"""Images: what is in use, what is refused, and that nobody notices a change."""
import os
import shutil
import subprocess

from harness import (ELSEWHERE, OFFICE, OPEN_POLICY, PATIENCE, POLICY, RUN, SHUT_POLICY, Daemon, Load, build,
                     path, wait_for)

TRUST = ("--trusted-proxy", "127.0.0.1")


def keys(name):
    for end in ("", ".pub"):
        if os.path.exists(path(name + end)):
            os.unlink(path(name + end))
    subprocess.run([RUN["tool"], "keygen", path(name)], check=True, stdout=subprocess.DEVNULL)
    return path(name), path(name + ".pub")


def serve(image, *options):
    """The status of a service that cannot start."""
    return subprocess.run([RUN["tool"], "serve", image, "--listen", "http:127.0.0.1:0", *options],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE).returncode


def damage(image, how):
    with open(image, "rb") as file:
        data = bytearray(file.read())
    if how == "truncated":
        data = data[:len(data) // 2]
    elif how == "empty":
        data = data[:0]
    elif how == "corrupt":
        data[len(data) // 2] ^= 1
    return bytes(data)


def put(image, data):
    with open(image + ".new", "wb") as file:
        file.write(data)
    os.rename(image + ".new", image)


def test_nothing_starts_without_a_good_image():
    key, public = keys("k0")
    good = build("bad")
    assert serve(path("none.wob")) == 1
    for how in ("truncated", "corrupt"):
        shutil.copy(good, path("hurt.wob"))
        put(path("hurt.wob"), damage(good, how))
        assert serve(path("hurt.wob")) == 1, how
    assert serve(good, "--key", public, "--require-signature") == 8
    other, _ = keys("k1")
    build("bad", POLICY, 1, "--sign", other)
    assert serve(good, "--key", public) == 8
    build("bad", POLICY, 1, "--sign", key, "--not-after", "2001-01-01")
    assert serve(good, "--key", public) == 8
    assert serve(good, "--listen", "http:nowhere") == 64


def test_fault_table():
    """Whatever happens to the file: what was decided before is decided still."""
    key, public = keys("k2")
    image = build("faults", POLICY, 5, "--sign", key)
    with open(image, "rb") as file:
        good = file.read()
    with Daemon(image, *TRUST, "--key", public) as daemon:
        def refuse(what, change):
            before = daemon.metric("woapol_image_refusals_total")
            change()
            wait_for(what, lambda: daemon.metric("woapol_image_refusals_total") > before)
            assert daemon.ask(OFFICE).status == 200, what
            assert daemon.ask(ELSEWHERE).status == 403, what
            assert daemon.metric("woapol_image_generation") == 5, what
            assert daemon.get("/readyz", service="api").status == 200, what
            loads = daemon.metric("woapol_image_loads_total")
            put(image, good)
            wait_for("the good image", lambda: daemon.metric("woapol_image_loads_total") > loads)
        refuse("a missing image", lambda: os.unlink(image))
        for how in ("truncated", "empty", "corrupt"):
            refuse(how, lambda: put(image, damage(image, how)))
        refuse("an unsigned image", lambda: build("faults", OPEN_POLICY, 6))
        refuse("an older image", lambda: build("faults", OPEN_POLICY, 4, "--sign", key))
        refuse("a stranger's image", lambda: build("faults", OPEN_POLICY, 6, "--sign", keys("k3")[0]))
        def make_folder():
            before = daemon.metric("woapol_image_refusals_total")
            os.unlink(image)
            os.mkdir(image)
            wait_for("a refusal", lambda: daemon.metric("woapol_image_refusals_total") > before)
            os.rmdir(image)
        refuse("a folder", make_folder)
        # Overwritten in place while it is in use: the copy in memory is what counts.
        def overwrite():
            with open(image, "r+b") as file:
                file.truncate(100)
        refuse("one cut in place", overwrite)
        build("faults", OPEN_POLICY, 6, "--sign", key)
        wait_for("the new image", lambda: daemon.ask(ELSEWHERE).status == 200)
        assert daemon.says("the image in use stays") and daemon.says("a new image is in use")
        daemon.stop()


def test_older_images_where_they_are_allowed():
    image = build("older", POLICY, 5)
    with Daemon(image, *TRUST, "--allow-older") as daemon:
        build("older", OPEN_POLICY, 4)
        wait_for("the older image", lambda: daemon.ask(ELSEWHERE).status == 200)


def test_sources_are_compiled_on_sighup():
    build("source", POLICY)
    source = path("source.woapol")
    with Daemon(source, *TRUST) as daemon:
        assert daemon.ask(ELSEWHERE).status == 403
        with open(source, "w") as file:
            file.write("policy {")
        daemon.send(1)
        wait_for("the findings", lambda: daemon.says("WOA1"))
        assert daemon.ask(OFFICE).status == 200
        with open(source, "w") as file:
            file.write(OPEN_POLICY)
        daemon.send(1)
        wait_for("the new policy", lambda: daemon.ask(ELSEWHERE).status == 200)
        daemon.stop()


def test_reloads_under_load():
    """Every other image opens or shuts: no request fails, and memory stays."""
    count = int(os.environ.get("RELOADS", "1000"))
    image = build("load", OPEN_POLICY, 1)
    builds = []
    for number, source in enumerate((OPEN_POLICY, SHUT_POLICY)):
        made = build(f"load{number}", source, 1)
        with open(made, "rb") as file:
            builds.append(file.read())
    with Daemon(image, *TRUST, "--threads", "2") as daemon:
        load = Load(daemon.ports["http"], {"X-Forwarded-For": OFFICE}, 4, (200, 403))
        loads, memory = daemon.metric("woapol_image_loads_total"), 0
        for number in range(count):
            put(image, builds[(number + 1) % 2])
            daemon.send(1)
            wanted = loads + number + 1
            wait_for("a reload", lambda: daemon.metric("woapol_image_loads_total") >= wanted)
            if number == count // 4:
                memory = daemon.memory()
        grown = daemon.memory() - memory
        load.stop()
        assert not load.wrong and load.done > 100, (load.wrong, load.done)
        assert set(load.statuses) == {200, 403}, load.statuses
        assert grown < 256 * 1024 or "san" in RUN["tool"], f"{grown} bytes more"
        assert daemon.metric("woapol_image_refusals_total") == 0
        daemon.stop()
