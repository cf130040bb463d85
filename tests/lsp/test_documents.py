"""Opening, changing and closing documents, and what is found in them."""
from harness import POLICY, Editor, path, uri


def codes(findings):
    return sorted(f["code"] for f in findings)


def test_what_is_good_has_no_errors():
    with Editor() as editor:
        findings = editor.open("good.woapol", POLICY, version=7)
        assert not [f for f in findings if f["severity"] == 1], findings
        assert editor.shown[uri("good.woapol")]["version"] == 7
        assert editor.capabilities["positionEncoding"] == "utf-16"


def test_a_finding_comes_and_goes_with_the_text():
    with Editor() as editor:
        findings = editor.open("a.woapol", POLICY.replace("in Staff", "in Stuff"))
        errors = [f for f in findings if f["severity"] == 1]
        assert codes(errors) == ["WOA1010"], findings
        assert editor.cut("a.woapol", errors[0]["range"]) == "Stuff"
        assert errors[0]["source"] == "woapol" and "Stuff" in errors[0]["message"]
        findings = editor.change("a.woapol", POLICY, version=3)
        assert not [f for f in findings if f["severity"] == 1]
        assert editor.shown[uri("a.woapol")]["version"] == 3
        assert editor.close("a.woapol") == []


def test_columns_are_utf16_units():
    # One unit for each of the first, two for each of the second.
    text = ('network Office = 198.51.100.0/24\n'
            'group Büro = "Bürö"\n'
            'policy P is default {\n'
            '  rule a when user in {"äöü", "😀😀"} and network in Offiec deny "straße 🚪"\n'
            '  otherwise deny\n'
            '}\n').replace("Büro", "Buero")
    with Editor() as editor:
        errors = [f for f in editor.open("wide ü.woapol", text) if f["severity"] == 1]
        assert codes(errors) == ["WOA1010"], errors
        assert editor.cut("wide ü.woapol", errors[0]["range"]) == "Offiec"
        assert errors[0]["range"]["start"] == {"line": 3, "character": 53}, errors[0]["range"]
        action = editor.ask("textDocument/codeAction", {
            "textDocument": {"uri": uri("wide ü.woapol")}, "range": errors[0]["range"],
            "context": {"diagnostics": errors}})
        edit, = action[0]["edit"]["changes"][uri("wide ü.woapol")]
        assert editor.cut("wide ü.woapol", edit["range"]) == "Offiec" and edit["newText"] == "Office"


def test_lines_end_in_three_ways():
    for end in ("\n", "\r\n"):
        with Editor() as editor:
            text = POLICY.replace("in Office", "in Ofice").replace("\n", end)
            editor.open("ends.woapol", text)
            finding, = [f for f in editor.findings("ends.woapol") if f["severity"] == 1]
            assert finding["range"]["start"]["line"] == 4, finding
            assert editor.cut("ends.woapol", finding["range"]) == "Ofice"


def test_rules_that_may_go_are_unnecessary():
    text = ("group A\npolicy P is default {\n  rule all deny\n"
            "  rule late when group in A allow\n  otherwise deny\n}\n")
    with Editor() as editor:
        findings = [f for f in editor.open("b.woapol", text) if f["code"] == "WOA2001"]
        assert len(findings) == 1 and findings[0]["tags"] == [1]
        related = findings[0]["relatedInformation"]
        assert related and related[0]["location"]["uri"] == uri("b.woapol"), related
        assert related[0]["location"]["range"]["start"]["line"] == 2


def test_an_open_document_stands_for_its_file():
    path("nets.woapol", "network Office = 198.51.100.0/24\n")
    text = ('use "nets.woapol"\npolicy P is default {\n'
            '  rule a when network in Office allow\n  otherwise deny\n}\n')
    with Editor() as editor:
        assert not [f for f in editor.open("user.woapol", text) if f["severity"] == 1]
        # What is typed there bears on what uses it, without being saved.
        editor.open("nets.woapol", "network Ofice = 198.51.100.0/24\n")
        assert "WOA1010" in codes(editor.findings("user.woapol"))
        editor.change("nets.woapol", "network Office = 198.51.100.1/24\n")
        finding, = [f for f in editor.findings("user.woapol") if f["severity"] == 1]
        assert finding["code"] == "WOA1021" and finding["range"]["start"]["line"] == 0
        assert "nets.woapol" in finding["message"]
        assert finding["relatedInformation"][0]["location"]["uri"] == uri("nets.woapol")
        # Closed, the file on disk counts again.
        editor.close("nets.woapol")
        assert not [f for f in editor.findings("user.woapol") if f["severity"] == 1]


def test_a_missing_file_is_found_when_it_comes():
    with Editor() as editor:
        text = 'use "later.woapol"\npolicy P is default { rule a when network in X deny otherwise deny }\n'
        assert "WOA1014" in codes(editor.open("early.woapol", text))
        path("later.woapol", "network X = 192.0.2.0/24\n")
        editor.tell("workspace/didChangeWatchedFiles", {"changes": []})
        assert "WOA1014" not in codes(editor.findings("early.woapol"))


def test_a_document_that_was_never_saved():
    with Editor() as editor:
        editor.tell("textDocument/didOpen", {"textDocument": {
            "uri": "untitled:Untitled-1", "languageId": "woapol", "version": 1, "text": "polcy"}})
        editor.settle()
        assert codes(editor.shown["untitled:Untitled-1"]["diagnostics"]) == ["WOA1001"]


def test_nothing_is_left_of_a_text_with_zero_bytes():
    with Editor() as editor:
        findings = editor.open("zero.woapol", "group A\0B\n")
        assert findings and findings[0]["severity"] == 1
        assert codes(editor.change("zero.woapol", "")) == codes(editor.open("empty.woapol", ""))
