"""The life cycle, and what no editor would send."""
from harness import POLICY, Editor, frame, run_raw, uri

HELLO = frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}})
BYE = frame({"jsonrpc": "2.0", "id": 99, "method": "shutdown"}) + frame(
    {"jsonrpc": "2.0", "method": "exit"})


def errors(messages):
    return [m["error"]["code"] for m in messages if "error" in m]


def test_it_begins_and_ends():
    status, messages, said = run_raw(HELLO + BYE)
    assert status == 0 and said == "" and [m["id"] for m in messages] == [1, 99]
    assert messages[0]["result"]["serverInfo"]["name"] == "woapol"


def test_leaving_without_a_word_is_a_failure():
    for data in (b"", HELLO, HELLO + frame({"jsonrpc": "2.0", "method": "exit"})):
        status, _, said = run_raw(data)
        assert status == 1 and "shutdown" in said, (data, status, said)


def test_the_order_of_things():
    ask = {"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover"}
    status, messages, _ = run_raw(frame(ask) + HELLO + HELLO + frame(dict(ask, id="x")) +
                                  frame(dict(ask, id=3, method="no/such")) + BYE)
    assert status == 0 and errors(messages) == [-32002, -32600, -32601], messages
    assert [m for m in messages if m["id"] == "x"][0]["result"] is None
    status, messages, _ = run_raw(HELLO + frame({"jsonrpc": "2.0", "id": 5, "method": "shutdown"}) +
                                  frame(ask) + frame({"jsonrpc": "2.0", "method": "exit"}))
    assert status == 0 and errors(messages) == [-32600]


def test_messages_that_are_none():
    for body, code in ((b"{", -32700), (b"", -32700), (b"\xff\xfe", -32700), (b"[]", -32600),
                       (b"[" * 5000, -32700), (b'{"id":{},"method":"x"}', -32600), (b"{}", -32600),
                       (b'{"id":[1],"method":"exit"}', -32600)):
        status, messages, _ = run_raw(HELLO + frame(body) + BYE)
        assert status == 0 and errors(messages) == [code], (body[:40], messages)


def test_answers_and_unknown_notifications_are_passed_over():
    status, messages, _ = run_raw(HELLO + frame({"id": 7, "result": 1}) + frame({"method": "$/x"}) +
                                  frame({"method": "$/cancelRequest", "params": {"id": 1}}) + BYE)
    assert status == 0 and len(messages) == 2


def test_headers_that_cannot_be_read_end_it():
    for head in (b"Content-Length: x\r\n\r\n", b"Content-Length: -1\r\n\r\n", b"Content-Length:\r\n\r\n",
                 b"Content-Length: 99999999999999999999\r\n\r\n", b"Content-Length: 67108865\r\n\r\n",
                 b"Other: 1\r\n\r\n", b"A" * 100000, b"Content-Length: 5\r\n\r\n{}", b"Content-Le",
                 b"X: y\r\n" * 5000):
        status, _, said = run_raw(HELLO + head)
        assert status == 1 and "Protocol" in said, (head[:40], status, said)


def test_headers_as_others_write_them():
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize"}'
    status, messages, _ = run_raw(b"Content-Type: x; charset=utf-8\r\ncontent-length:  %d \r\n\r\n%s"
                                  % (len(body), body) + BYE)
    assert status == 0 and len(messages) == 2


def test_parameters_of_the_wrong_shape():
    shapes = [None, 1, "x", [], {}, {"textDocument": 1}, {"textDocument": {"uri": 5}},
              {"textDocument": {"uri": uri("p.woapol")}, "position": "x", "range": 4, "context": 9,
               "contentChanges": {}},
              {"textDocument": {"uri": uri("p.woapol"), "version": "1"}, "contentChanges": [1],
               "position": {"line": -5, "character": 1e300}, "range": {"start": [], "end": None}},
              {"textDocument": {"uri": uri("p.woapol")}, "contentChanges": [{"range": {}, "text": "x"}],
               "position": {"line": 99999999999, "character": 99999999999}, "context": {"only": [1]}},
              {"textDocument": {"uri": uri("p.woapol"), "text": 1}, "contentChanges": [{}]}]
    requests = ["hover", "definition", "documentSymbol", "completion", "codeAction", "formatting",
                "didOpen", "didChange", "didSave"]
    with Editor() as editor:
        editor.open("p.woapol", POLICY)
        for request in requests:
            for shape in shapes:
                message = {"method": "textDocument/" + request, "params": shape}
                if not request.startswith("did"):
                    message["id"] = 1000
                editor.send(message)
                if "id" in message:
                    assert "result" in editor.receive_answer(1000)
        # The text is what it was.
        assert "198.51.100.0" in editor.hover("p.woapol", "Office")


def test_every_prefix_of_a_source_is_looked_at():
    with Editor() as editor:
        editor.open("q.woapol", POLICY)
        for end in range(0, len(POLICY), 7):
            editor.change("q.woapol", POLICY[:end])
            for request in ("hover", "completion", "definition"):
                editor.ask("textDocument/" + request, {
                    "textDocument": {"uri": uri("q.woapol")},
                    "position": {"line": POLICY[:end].count("\n"), "character": 99}})
            editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri("q.woapol")}})


def test_too_many_documents_are_told():
    with Editor() as editor:
        for i in range(514):
            editor.tell("textDocument/didOpen", {"textDocument": {
                "uri": f"untitled:{i}", "languageId": "woapol", "version": 1, "text": ""}})
        editor.settle()
        assert len(editor.logged) == 2 and "too many" in editor.logged[0]
