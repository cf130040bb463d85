"""Hovering, definitions, outlines, completion, cures and formatting."""
import subprocess

from harness import POLICY, RUN, Editor, apply, path, place_of, uri


def test_hover_tells_a_networks_ranges():
    with Editor() as editor:
        editor.open("h.woapol", POLICY)
        text = editor.hover("h.woapol", "Office", skip=1)
        assert "network Office = " in text and "198.51.100.0 .. 198.51.100.255" in text
        assert "2 ranges" in text and "2001:db8:10:" in text
        assert text == editor.hover("h.woapol", "Office")


def test_hover_tells_chains_methods_and_groups():
    with Editor() as editor:
        editor.open("h.woapol", POLICY)
        chain = editor.hover("h.woapol", "Strong", skip=1)
        assert "2 alternatives" in chain and "2. `password`, then `authenticator_app`" in chain
        method = editor.hover("h.woapol", "password")
        assert "Factors: knowledge" in method and "std/prelude" in method
        assert "All Staff@corp.example" in editor.hover("h.woapol", "Staff", skip=2)
        assert editor.hover("h.woapol", "198.51") is None
        assert editor.hover("h.woapol", "rule") is None


def test_hover_tells_what_a_finding_means():
    with Editor() as editor:
        editor.open("h.woapol", POLICY.replace("in Staff", "in Stuff"))
        text = editor.hover("h.woapol", "Stuff")
        assert "WOA1010" in text and "Cure" in text
        # Names are known although it does not compile.
        assert "network Office" in editor.hover("h.woapol", "Office", skip=1)


def test_definition():
    text = POLICY + 'test "a" {\n  given groups Staff\n  expect deny by staff in Work\n}\n'
    with Editor() as editor:
        editor.open("d.woapol", text)
        for what, skip, line in (("Office", 1, 0), ("Staff", 2, 1), ("Strong", 1, 2),
                                 ("staff", 1, 4), ("Work", 1, 3), ("Staff", 3, 1)):
            found = editor.at("definition", "d.woapol", what, skip)
            assert found["uri"] == uri("d.woapol"), (what, found)
            assert found["range"]["start"]["line"] == line, (what, found)
        # The library's modules are no files.
        assert editor.at("definition", "d.woapol", "fido2") is None


def test_definition_in_another_file():
    path("other.woapol", "// first\nnetwork Far = 192.0.2.0/24\n")
    text = 'use "other.woapol"\npolicy P is default { rule a when network in Far deny otherwise deny }\n'
    with Editor() as editor:
        editor.open("near.woapol", text)
        found = editor.at("definition", "near.woapol", "Far")
        assert found["uri"] == uri("other.woapol") and found["range"]["start"]["line"] == 1
        assert editor.at("definition", "near.woapol", "other.w")["uri"] == uri("other.woapol")


def test_outline():
    with Editor() as editor:
        editor.open("o.woapol", POLICY)
        symbols = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri("o.woapol")}})
        assert [s["name"] for s in symbols] == ["Office", "Staff", "Strong", "Work"]
        assert [s["detail"] for s in symbols] == ["network", "group", "chain", "policy"]
        assert [c["name"] for c in symbols[3]["children"]] == ["staff", "otherwise"]
        for symbol in symbols:
            assert editor.cut("o.woapol", symbol["selectionRange"]) == symbol["name"]


def test_completion_offers_what_the_grammar_wants():
    declared = POLICY + 'app Crm\ncondition Safe = managed\ntemplate T(a) { rule x when network in a deny }\n'
    cases = (  # typed at the end, offered, not offered
        ("", ["policy", "network"], ["rule", "Office"]),
        ("network X = ", ["Office"], ["Staff", "ios"]),
        ("network X = Office - ", ["Office"], ["network"]),
        ("device X = ", ["ios", "browser"], ["Office"]),
        ("chain X = ", ["password", "Strong"], ["Office", "ios"]),
        ("chain X = password ", ["then", "else"], ["Strong"]),
        ("chain X = password then (", ["fido2"], ["then"]),
        ("policy X for ", ["Crm"], ["Staff"]),
        ("policy X ", ["is", "for"], ["rule"]),
        ("policy X for Crm {\n  ", ["rule", "otherwise", "include"], ["policy"]),
        ("policy X for Crm {\n  rule ", [], ["Office", "rule"]),
        ("policy X for Crm {\n  rule a ", ["when", "deny"], ["Office"]),
        ("policy X for Crm {\n  rule a when ", ["network", "managed", "Safe", "not"], ["Office"]),
        ("policy X for Crm {\n  rule a when not network ", ["in"], ["Office"]),
        ("policy X for Crm {\n  rule a when network in ", ["Office"], ["Staff", "and"]),
        ("policy X for Crm {\n  rule a when (network in Office + (", ["Office"], ["managed"]),
        ("policy X for Crm {\n  rule a when network in Office ", ["and", "authenticate"], ["Staff"]),
        ("policy X for Crm {\n  rule a when network in Office and (", ["device"], ["Office"]),
        ("policy X for Crm {\n  rule a when group in {Staff, ", ["Staff"], ["Office"]),
        ("policy X for Crm {\n  rule a when entry in {", ["hub"], ["Staff"]),
        ("policy X for Crm {\n  rule a when risk ", ["is"], ["high"]),
        ("policy X for Crm {\n  rule a when risk >= ", ["medium"], ["is"]),
        ("policy X for Crm {\n  rule a when managed authenticate ", ["Strong", "fido2"], ["Office"]),
        ("policy X for Crm {\n  rule a deny\n  ", ["otherwise"], ["Strong"]),
        ("policy X for Crm {\n  include ", ["T"], ["Office"]),
        ("policy X for Crm {\n  include T(", ["Office"], ["rule"]),
        ('test "x" {\n  ', ["given"], ["never"]),
        ('test "x" {\n  given device ', ["ios"], ["Office"]),
        ('test "x" {\n  given groups Staff, ', ["Staff"], ["ios"]),
        ('test "x" {\n  given managed\n  expect ', ["authenticate"], ["ios"]),
        ('test "x" {\n  given managed\n  expect deny by ', ["staff", "otherwise"], ["Office"]),
        ('prove "x" {\n  ', ["never", "always"], ["given"]),
        ('prove "x" {\n  never allow when app in ', ["Crm"], ["Office"]),
        ("use ", ["std/access", "std/okta"], ["std/prelude"]),
        ("use std/", ["access"], ["std/access"]),
        ("tenant x {\n  kind = okta\n  ", ["url"], ["rule"]),
        ("// network X = ", [], ["Office"]),
        ('network X = 10.0.0.0/8\npolicy Y for Crm { rule a deny "network in ', [], ["Office"]),
    )
    with Editor() as editor:
        editor.open("c.woapol", declared)
        for typed, offered, not_offered in cases:
            editor.change("c.woapol", declared + typed)
            answer = editor.ask("textDocument/completion", {
                "textDocument": {"uri": uri("c.woapol")},
                "position": place_of(declared + typed + "\0", "\0")})
            labels = [item["label"] for item in answer["items"]]
            missing = [word for word in offered if word not in labels]
            wrong = [word for word in not_offered if word in labels]
            assert not missing and not wrong, (typed, "missing", missing, "wrong", wrong, labels)


def test_completion_goes_on_with_a_word():
    with Editor() as editor:
        editor.open("w.woapol", POLICY)
        labels = editor.complete("w.woapol", "network in Of")
        assert labels == ["Office"], labels
        assert "password" in editor.complete("w.woapol", "authenticate ")
        assert editor.complete("w.woapol", "authenticate Str") == ["Strong"]


def test_cures():
    text = POLICY.replace("in Staff", "in Stuff")
    with Editor() as editor:
        finding, = [f for f in editor.open("f.woapol", text) if f["severity"] == 1]
        ask = {"textDocument": {"uri": uri("f.woapol")}, "range": finding["range"],
               "context": {"diagnostics": [finding]}}
        actions = editor.ask("textDocument/codeAction", ask)
        assert len(actions) == 1 and actions[0]["kind"] == "quickfix", actions
        assert actions[0]["diagnostics"][0]["code"] == "WOA1010"
        assert apply(text, actions[0]["edit"]["changes"][uri("f.woapol")]) == POLICY
        ask["context"]["only"] = ["refactor"]
        assert editor.ask("textDocument/codeAction", ask) == []
        ask["context"]["only"] = ["quickfix"]
        ask["range"] = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}
        assert editor.ask("textDocument/codeAction", ask) == []


def test_formatting_is_that_of_fmt():
    ugly = POLICY.replace("  rule staff when", "rule   staff  when").replace("network Office =", "network Office=")
    ugly = ugly.replace("Staff@corp", "Stäff😀@corp")
    with Editor() as editor:
        editor.open("u.woapol", ugly)
        ask = {"textDocument": {"uri": uri("u.woapol")}, "options": {"tabSize": 8}}
        edits = editor.ask("textDocument/formatting", ask)
        wanted = subprocess.run([RUN["tool"], "fmt", "-"], input=ugly.encode(),
                                capture_output=True, check=True).stdout.decode()
        assert wanted != ugly and apply(ugly, edits) == wanted, (edits, wanted)
        editor.change("u.woapol", wanted)
        assert editor.ask("textDocument/formatting", ask) == []
        editor.change("u.woapol", "policy {")
        assert editor.ask("textDocument/formatting", ask) == []


def test_each_edit_of_a_line_is_formatted_the_same():
    lines = POLICY.split("\n")
    with Editor() as editor:
        editor.open("l.woapol", POLICY)
        wanted = subprocess.run([RUN["tool"], "fmt", "-"], input=POLICY.encode(),
                                capture_output=True, check=True).stdout.decode()
        for i in range(len(lines)):
            ugly = "\n".join(lines[:i] + ["", "", "  " + lines[i]] + lines[i + 1:])
            editor.change("l.woapol", ugly)
            edits = editor.ask("textDocument/formatting", {"textDocument": {"uri": uri("l.woapol")}})
            again = subprocess.run([RUN["tool"], "fmt", "-"], input=ugly.encode(),
                                   capture_output=True, check=True).stdout.decode()
            assert apply(ugly, edits) == again, (i, edits)
        assert wanted
