"""What the tests of `woapol lsp` share: an editor that speaks the protocol."""
import json
import os
import subprocess

RUN = {}  # tool, work: set by run.py

POLICY = """network Office = 198.51.100.0/24 + 2001:db8:10::/48
group Staff = "All Staff@corp.example"
chain Strong = fido2 else password then authenticator_app
policy Work is default {
  rule staff when group in Staff and network in Office authenticate Strong
  otherwise deny
}
"""


def path(name, text=None):
    place = os.path.join(RUN["work"], name)
    if text is not None:
        with open(place, "w") as file:
            file.write(text)
    return place


def uri(name):
    return "file://" + path(name).replace(" ", "%20").replace("ü", "%C3%BC")


def frame(body):
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def run_raw(data):
    """Hands over bytes; the exit status, the messages that came back, what was said."""
    done = subprocess.run([RUN["tool"], "lsp"], input=data, capture_output=True, timeout=60)
    messages, rest = [], done.stdout
    while rest:
        head, rest = rest.split(b"\r\n\r\n", 1)
        length = int(head.split(b":")[1])
        messages.append(json.loads(rest[:length]))
        rest = rest[length:]
    return done.returncode, messages, done.stderr.decode()


def units(text):
    return len(text.encode("utf-16-le")) // 2


def place_of(text, what, skip=0, behind=False):
    """The position of the (skip+1)th occurrence, as an editor counts it."""
    at = -1
    for _ in range(skip + 1):
        at = text.index(what, at + 1)
    at += len(what) if behind else 0
    before = text[:at].split("\n")
    return {"line": len(before) - 1, "character": units(before[-1])}


class Editor:
    """A server that was initialized; used with `with`, which shuts it down."""

    def __enter__(self):
        self.process = subprocess.Popen([RUN["tool"], "lsp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.number = 0
        self.shown = {}  # uri: the diagnostics published last
        self.texts = {}
        self.logged = []
        self.capabilities = self.ask("initialize", {"processId": None, "rootUri": None,
                                                    "capabilities": {}})["capabilities"]
        self.tell("initialized", {})
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                assert self.ask("shutdown") is None
                self.tell("exit")
                said = self.process.stderr.read()
                assert self.process.wait(20) == 0, (self.process.returncode, said)
                assert said == b"", said
        finally:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                stream.close()

    def send(self, message):
        self.process.stdin.write(frame(dict(message, jsonrpc="2.0")))
        self.process.stdin.flush()

    def receive(self):
        length = None
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length is not None, self.process.stderr.read()
        return json.loads(self.process.stdout.read(length))

    def tell(self, method, params=None):
        self.send({"method": method, "params": params or {}})

    def answer(self, method, params=None):
        """The whole answer to a request; what is told meanwhile is kept."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params or {}})
        return self.receive_answer(self.number)

    def receive_answer(self, number):
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message
            if message["method"] == "textDocument/publishDiagnostics":
                self.shown[message["params"]["uri"]] = message["params"]
            elif message["method"] == "window/logMessage":
                self.logged.append(message["params"]["message"])

    def ask(self, method, params=None):
        answer = self.answer(method, params)
        assert "error" not in answer, answer
        return answer["result"]

    def settle(self):
        """Waits for what was told so far to be answered."""
        self.answer("no/such/request")

    def open(self, name, text, version=1):
        self.texts[name] = text
        self.tell("textDocument/didOpen", {"textDocument": {
            "uri": uri(name), "languageId": "woapol", "version": version, "text": text}})
        return self.findings(name)

    def change(self, name, text, version=2):
        self.texts[name] = text
        self.tell("textDocument/didChange", {
            "textDocument": {"uri": uri(name), "version": version},
            "contentChanges": [{"text": text}]})
        return self.findings(name)

    def close(self, name):
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri(name)}})
        return self.findings(name)

    def findings(self, name):
        self.settle()
        return self.shown[uri(name)]["diagnostics"]

    def at(self, request, name, what, skip=0, behind=False):
        return self.ask("textDocument/" + request, {
            "textDocument": {"uri": uri(name)},
            "position": place_of(self.texts[name], what, skip, behind)})

    def hover(self, name, what, skip=0):
        answer = self.at("hover", name, what, skip)
        return answer and answer["contents"]["value"]

    def complete(self, name, what, skip=0):
        """The labels that are offered behind `what`."""
        answer = self.at("completion", name, what, skip, behind=True)
        return [item["label"] for item in answer["items"]]

    def cut(self, name, place):
        """The text that a range spans, counted as an editor counts."""
        lines = self.texts[name].split("\n")
        assert place["start"]["line"] == place["end"]["line"], place
        line = lines[place["start"]["line"]].encode("utf-16-le")
        return line[2 * place["start"]["character"]:2 * place["end"]["character"]].decode("utf-16-le")


def apply(text, edits):
    """The text after edits that do not overlap."""
    def offset(place):
        lines = text.split("\n")
        before = sum(len(line) + 1 for line in lines[:place["line"]])
        line = lines[place["line"]] if place["line"] < len(lines) else ""
        return before + len(line.encode("utf-16-le")[:2 * place["character"]].decode("utf-16-le"))
    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text
