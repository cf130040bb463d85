"""Images from another machine: what is taken, what is not, and what is kept."""
import http.server
import os
import subprocess
import threading
import time

from harness import (ELSEWHERE, OFFICE, OPEN_POLICY, PATIENCE, POLICY, RUN, Daemon, build, free_port, path,
                     wait_for)
from test_image import keys

TRUST = ("--trusted-proxy", "127.0.0.1")


class Server:
    """Serves `data` under `tag`, or does what `answer` says; `asked` has the tags that came."""

    def __init__(self, data, tag='"one"', port=0):
        self.data, self.tag, self.answer, self.asked, self.shown = data, tag, None, [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.headers.get("If-None-Match"))
                outer.shown.append(self.headers.get("Authorization"))
                try:
                    if outer.answer:
                        outer.answer(self)
                    elif outer.tag and self.headers.get("If-None-Match") == outer.tag:
                        self.send_response(304)
                        self.end_headers()
                    else:
                        send(self, outer.data, outer.tag)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/policies/current.wob?team=a"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, image, tag):
        self.data, self.tag = content(image), tag

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def send(handler, data, tag=None, status=200, length=None):
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    if tag:
        handler.send_header("ETag", tag)
    handler.end_headers()
    handler.wfile.write(data)


def content(image):
    with open(image, "rb") as file:
        return file.read()


def signed(name, key, source=POLICY, generation=5, *options):
    return build(name, source, generation, "--sign", key, *options)


def options(public, *more):
    return (*TRUST, "--key", public, "--threshold", "1", "--image-every", "1", *more)


def serve(*arguments):
    """The status of a service that cannot start, and what it says."""
    done = subprocess.run([RUN["tool"], "serve", "--listen", "http:127.0.0.1:0", *arguments],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE, text=True)
    return done.returncode, done.stderr


def test_a_url_needs_keys_and_a_threshold():
    key, public = keys("r0")
    image = signed("r0", key)
    url = f"http://127.0.0.1:{free_port()}/x.wob"
    assert serve(url)[0] == 64
    assert serve("--image", url)[0] == 64
    status, said = serve(url, "--key", public)
    assert status == 64 and "--threshold" in said, said
    status, said = serve("--image", url, "--key", public, "--require-signature")
    assert status == 64 and "--threshold" in said, said
    assert serve()[0] == 64
    assert serve(image, "--image", url, "--key", public, "--threshold", "1")[0] == 64
    for option in ("--image-cache", "--image-every", "--ca"):
        assert serve(image, option, "1")[0] == 64, option
    for bad in ("http://policy.example/x.wob", "https://user:secret@policy.example/x", "https://policy.example",
                "https://policy.example/x#y", "http://127.0.0.1.evil.example/x"):
        status, said = serve(bad, "--key", public, "--threshold", "1")
        assert status == 64 and "secret" not in said, (bad, said)


def test_it_is_fetched_followed_and_asked_for_by_its_tag():
    key, public = keys("r1")
    with Server(content(signed("r1", key)), '"five"') as server:
        with Daemon(server.url, *options(public)) as daemon:
            assert daemon.ask(OFFICE).status == 200 and daemon.ask(ELSEWHERE).status == 403
            assert daemon.metric("woapol_image_generation") == 5
            wait_for("questions by the tag", lambda: server.asked.count('"five"') >= 2)
            assert server.asked[0] is None
            loads = daemon.metric("woapol_image_loads_total")
            server.put(signed("r1", key, OPEN_POLICY, 6), 'W/"six"')
            wait_for("the new image", lambda: daemon.ask(ELSEWHERE).status == 200)
            wait_for("its tag", lambda: 'W/"six"' in server.asked)
            assert daemon.metric("woapol_image_loads_total") == loads + 1
            assert daemon.metric("woapol_image_fetches_total") >= 3
            assert daemon.metric("woapol_image_fetch_failures_total") == 0
            daemon.stop()
    # --image is the same.
    with Server(content(path("r1.wob")), None) as server:
        with Daemon("--image=" + server.url, *options(public)) as daemon:
            wait_for("three answers without a tag", lambda: len(server.asked) >= 3)
            assert server.asked == [None] * len(server.asked)
            assert daemon.metric("woapol_image_loads_total") == 1
            daemon.stop()


def test_fault_table():
    """Whatever the server says: what was decided before is decided still, and the tag stays."""
    key, public = keys("r2")
    good = content(signed("r2", key))
    stranger = content(signed("r2-stranger", keys("r2-other")[0], OPEN_POLICY, 6))
    unsigned = content(build("r2-unsigned", OPEN_POLICY, 6))
    older = content(signed("r2-older", key, OPEN_POLICY, 4))
    expired = content(signed("r2-expired", key, OPEN_POLICY, 6, "--not-after", "2001-01-01"))
    is_over = threading.Event()
    faults = {
        "truncated": lambda h: send(h, good[:-100], '"bad"'),
        "cut within": lambda h: send(h, good[:100], '"bad"', length=len(good)),
        "empty": lambda h: send(h, b"", '"bad"'),
        "corrupt": lambda h: send(h, good[:200] + bytes([good[200] ^ 1]) + good[201:], '"bad"'),
        "a page": lambda h: send(h, b"<html>sign in</html>" * 10, '"bad"'),
        "a stranger's": lambda h: send(h, stranger, '"bad"'),
        "unsigned": lambda h: send(h, unsigned, '"bad"'),
        "older": lambda h: send(h, older, '"bad"'),
        "expired": lambda h: send(h, expired, '"bad"'),
        "oversize": lambda h: send(h, b"\0" * (2 << 20), '"bad"'),
        "oversize by its word": lambda h: send(h, b"x", '"bad"', length=1 << 50),
        "404": lambda h: send(h, b"no", '"bad"', 404),
        "401": lambda h: send(h, b"no", '"bad"', 401),
        "500": lambda h: send(h, b"no", '"bad"', 500),
        "503": lambda h: send(h, b"no", '"bad"', 503),
        "204": lambda h: (h.send_response(204), h.end_headers()),
        "206": lambda h: send(h, good, '"bad"', 206),
        "slow": lambda h: (h.send_response(200), h.send_header("Content-Length", "9999"), h.end_headers(),
                           [(h.wfile.write(b"x"), time.sleep(0.3)) for _ in range(200)]),
        "silent": lambda h: is_over.wait(PATIENCE),
        "cut": lambda h: h.connection.close(),
        "elsewhere": lambda h: (h.send_response(302), h.send_header("Location", "https://evil.example/x.wob"),
                                h.end_headers()),
        "another port": lambda h: (h.send_response(302), h.send_header("Location", "http://127.0.0.1:1/x"),
                                   h.end_headers()),
        "in circles": lambda h: (h.send_response(302), h.send_header("Location", h.path), h.end_headers()),
        "no HTTP": lambda h: h.wfile.write(b"\0\1\2\3\r\n\r\n"),
        "many headers": lambda h: (h.send_response(200), [h.send_header(f"X-{i}", "y" * 900) for i in range(400)],
                                   h.end_headers()),
    }
    cache = path("r2.cache")
    with Server(good, '"good"') as server:
        with Daemon(server.url, *options(public, "--image-limit", "1", "--image-timeout", "2",
                                         "--image-cache", cache)) as daemon:
            for name, answer in faults.items():
                wait_for("a good answer", lambda: server.asked and server.asked[-1] == '"good"')
                failures = daemon.metric("woapol_image_fetch_failures_total")
                refusals = daemon.metric("woapol_image_refusals_total")
                server.answer = answer
                daemon.send(1)
                wait_for(name, lambda: daemon.metric("woapol_image_fetch_failures_total") > failures
                         or daemon.metric("woapol_image_refusals_total") > refusals)
                server.answer = None
                assert daemon.ask(OFFICE).status == 200 and daemon.ask(ELSEWHERE).status == 403, name
                assert daemon.get("/readyz", service="api").status == 200, name
                assert daemon.metric("woapol_image_generation") == 5, name
                assert content(cache) == good, name
                server.asked.clear()
                daemon.send(1)
            assert '"bad"' not in server.asked
            assert [name for name in os.listdir(RUN["work"]) if name.startswith("r2.cache.")] == ["r2.cache.tag"]
            assert content(cache + ".tag").startswith(b'"good"\n')
            server.put(signed("r2", key, OPEN_POLICY, 7), '"seven"')
            daemon.send(1)
            wait_for("the next good image", lambda: daemon.ask(ELSEWHERE).status == 200)
            assert daemon.says("the image in use stays: ")
            wait_for("it is kept", lambda: content(cache) == content(path("r2.wob")))
            daemon.stop()


def test_failures_are_said_once_and_asked_about_less_and_less():
    key, public = keys("r3")
    with Server(content(signed("r3", key)), '"good"') as server:
        with Daemon(server.url, *options(public)) as daemon:
            wait_for("a question", lambda: '"good"' in server.asked)
            moments = []
            server.answer = lambda h: (moments.append(time.monotonic()), send(h, b"", None, 500))
            # After 2, 4, 8 s, a quarter more or less, where it had been each second: a busy
            # machine can make it longer.
            wait_for("four questions", lambda: len(moments) >= 4)
            assert moments[3] - moments[0] > 6, moments
            wait_for("it is said", lambda: daemon.says(": 500 "))
            assert sum(": 500 " in line for line in daemon.messages) == 1, daemon.messages
            def later(handler):
                handler.send_response(503)
                handler.send_header("Retry-After", "3600")
                handler.send_header("Content-Length", "0")
                handler.end_headers()
            server.answer = later
            daemon.send(1)
            wait_for("the answer", lambda: daemon.says("503"))
            server.asked.clear()
            time.sleep(3)
            assert not server.asked
            server.answer = None
            daemon.send(1)
            wait_for("SIGHUP asks at once", lambda: '"good"' in server.asked)
            daemon.stop()


def test_what_was_kept_is_used_when_the_server_is_away():
    key, public = keys("r4")
    cache = path("r4.cache")
    image = signed("r4", key)
    with Server(content(image), '"five"') as server:
        port, url = server.port, server.url
        with Daemon(url, *options(public, "--image-cache", cache)) as daemon:
            assert content(cache) == content(image)
            assert os.stat(cache).st_mode & 0o077 == 0
            daemon.stop()
    with Daemon(url, *options(public, "--image-cache", cache)) as daemon:
        assert daemon.ask(OFFICE).status == 200
        assert daemon.says("the image that was kept is in use")
        wait_for("the failure", lambda: daemon.says("cannot be reached"))
        # The server is back with the same image, then with another.
        with Server(content(image), '"five"', port) as server:
            daemon.send(1)
            wait_for("its tag", lambda: server.asked)
            # It was kept, too: not a byte of the image is sent again.
            assert set(server.asked) == {'"five"'}, server.asked
            assert daemon.metric("woapol_image_loads_total") == 1
            server.put(signed("r4", key, OPEN_POLICY, 6), '"six"')
            wait_for("the new image", lambda: daemon.ask(ELSEWHERE).status == 200)
            # An older one does not come back by a restart.
            wait_for("it is kept", lambda: content(cache) == content(path("r4.wob")))
            daemon.stop()
    with Server(content(signed("r4-old", key, POLICY, 5)), '"old"', port) as server:
        with Daemon(url, *options(public, "--image-cache", cache)) as daemon:
            wait_for("the refusal", lambda: daemon.metric("woapol_image_refusals_total") > 0)
            assert daemon.ask(ELSEWHERE).status == 200
            daemon.stop()


def test_a_tag_is_believed_of_its_own_image_alone():
    key, public = keys("r10")
    cache = path("r10.cache")
    image = content(signed("r10", key))
    with Server(image, '"five"') as server:
        with Daemon(server.url, *options(public, "--image-cache", cache)) as daemon:
            wait_for("the tag", lambda: os.path.exists(cache + ".tag"))
            daemon.stop()
        kept = content(cache + ".tag")
        assert kept.startswith(b'"five"\n')
        other = content(signed("r10", key, POLICY, 6))
        for tag, bytes_kept in ((b"", image), (b"x" * 5000, image), (b'"five"\n', image),
                                (b'"f\xffve"' + kept[6:], image), (kept, other)):
            for name, data in ((cache, bytes_kept), (cache + ".tag", tag)):
                with open(name, "wb") as file:
                    file.write(data)
            server.asked.clear()
            with Daemon(server.url, *options(public, "--image-cache", cache)) as daemon:
                wait_for("a question", lambda: server.asked)
                assert server.asked[0] is None, (tag, server.asked)
                daemon.stop()


def test_who_asks_may_have_to_show_something():
    key, public = keys("r11")
    secret = "Bearer a-secret-that-nobody-may-see-0123456789"
    file = path("r11.token")

    def write(text, mode=0o600):
        with open(file, "w") as opened:
            opened.write(text)
        os.chmod(file, mode)
    with Server(content(signed("r11", key)), None) as server:
        def guard(handler):
            if handler.headers.get("Authorization") in (secret, secret + "-next"):
                send(handler, server.data, server.tag)
            else:
                # Some servers repeat what they got.
                send(handler, f"who is {handler.headers.get('Authorization')}?".encode(), None, 401)
        server.answer = guard
        show = ("--image-authorization", file)
        assert serve(server.url, *options(public))[0] == 1
        for text, mode, wanted in ((secret, 0o644, "chmod 600"), ("", 0o600, "Authorization"),
                                   ("two\nlines", 0o600, "Authorization")):
            write(text, mode)
            status, said = serve(server.url, *options(public, *show))
            assert status == 64 and wanted in said and secret[7:] not in said, (status, said)
        write(secret + "-of-somebody-else\n")
        status, said = serve(server.url, *options(public, *show))
        assert status == 1 and "401" in said and secret[7:] not in said, said
        write(secret + "\n")
        with Daemon(server.url, *options(public, *show)) as daemon:
            assert daemon.ask(OFFICE).status == 200
            # The next token is read when it is needed.
            write(secret + "-next\n")
            wait_for("the next token", lambda: server.shown[-1] == secret + "-next")
            # Without a good one the image in use stays, and nothing is asked.
            write(secret, 0o644)
            wait_for("the complaint", lambda: daemon.says("chmod 600"))
            assert daemon.ask(OFFICE).status == 200
            assert not daemon.says(secret[7:])
            daemon.stop()
        environment = {**os.environ, "WOAPOL_IMAGE_AUTHORIZATION": secret}
        with Daemon(server.url, *options(public), env=environment) as daemon:
            assert daemon.ask(OFFICE).status == 200
            daemon.stop()


def test_what_was_kept_is_checked_like_the_rest():
    key, public = keys("r5")
    cache = path("r5.cache")
    image = signed("r5", key)
    unsigned = content(build("r5-unsigned", OPEN_POLICY, 9))
    for bad in (b"", b"hello", content(image)[:200], unsigned):
        with open(cache, "wb") as file:
            file.write(bad)
        with open(cache + ".new", "wb") as file:
            file.write(b"left by one that was killed")
        with Server(content(image)) as server:
            with Daemon(server.url, *options(public, "--image-cache", cache)) as daemon:
                assert daemon.ask(ELSEWHERE).status == 403
                assert daemon.says("the image that was kept is of no use")
                wait_for("it is replaced", lambda: content(cache) == content(image))
                daemon.stop()
        assert not os.path.exists(cache + ".new")
        with open(cache, "wb") as file:
            file.write(bad)
        status, said = serve(f"http://127.0.0.1:{free_port()}/x.wob", *options(public, "--image-cache", cache))
        assert status == 1 and "cannot be reached" in said, said


def test_nothing_starts_without_an_image():
    key, public = keys("r6")
    with Server(content(build("r6", OPEN_POLICY, 1))) as server:
        assert serve(server.url, *options(public))[0] == 8
        server.data = b"hello"
        assert serve(server.url, *options(public))[0] == 1
        server.answer = lambda h: send(h, b"", None, 404)
        status, said = serve(server.url, *options(public))
        assert status == 1 and "404 Not Found" in said, said


def test_what_cannot_be_kept_is_used_all_the_same():
    key, public = keys("r7")
    with Server(content(signed("r7", key))) as server:
        with Daemon(server.url, *options(public, "--image-cache", path("no-folder") + "/x.wob")) as daemon:
            assert daemon.ask(OFFICE).status == 200
            assert daemon.says("the image in use cannot be kept: ")
            daemon.stop()


def test_it_ends_while_an_answer_is_under_way():
    key, public = keys("r8")
    with Server(content(signed("r8", key))) as server:
        with Daemon(server.url, *options(public)) as daemon:
            is_over = threading.Event()
            server.answer = lambda h: is_over.wait(2 * PATIENCE)
            server.asked.clear()
            daemon.send(1)
            wait_for("the question", lambda: server.asked)
            daemon.stop()
            is_over.set()


def test_memory_does_not_grow_by_what_comes():
    key, public = keys("r9")
    images = [content(signed(f"r9-{i}", key, POLICY if i else OPEN_POLICY, 5)) for i in range(2)]
    with Server(images[0], None) as server:
        with Daemon(server.url, *options(public, "--threads", "1")) as daemon:
            memory = 0
            for number in range(16):
                loads = daemon.metric("woapol_image_loads_total")
                server.data = images[(number + 1) % 2]
                daemon.send(1)
                wait_for("a load", lambda: daemon.metric("woapol_image_loads_total") > loads)
                if number == 5:
                    memory = daemon.memory()
            assert daemon.memory() - memory < 512 * 1024 or "san" in RUN["tool"]
            daemon.stop()
