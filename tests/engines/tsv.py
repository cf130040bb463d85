# Requests of the corpus as TSV, and their decisions as the filter prints them: tsv.py
# BASE reads BASE.jsonl and BASE.native, writes BASE.tsv and BASE.wanted. What is no
# request is left out: JSON says more than columns can.
import json
import sys

COLUMNS = ["id", "ip", "device", "groups", "app", "user", "entry", "managed", "compliant", "risk", "groups_complete"]
FIELDS = ["effect", "policy", "rule", "chain", "reauth_s", "message", "report", "reason"]


def escape(text):
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return text


def column(name, request, number):
    value = request.get(name)
    if value is None:
        return "\\N" if number % 2 else ""
    if name == "groups":
        if number % 2:
            return "[" + ",".join("'" + escape(group).replace("'", "\\'") + "'" for group in value) + "]"
        return escape(",".join('"' + group.replace('"', '""') + '"' for group in value)) or "[]"
    if isinstance(value, bool):
        return (["f", "t"], ["false", "true"], ["0", "1"])[number % 3][value]
    return escape(value if isinstance(value, str) else json.dumps(value))


def field(name, decision):
    value = decision[name]
    if value is None:
        return "\\N"
    if name == "report":
        return ",".join(escape(rule) for rule in value)
    if name == "chain":
        return escape(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
    return escape(str(value))


def main():
    base = sys.argv[1]
    requests = [line for line in open(base + ".jsonl", encoding="utf-8").read().split("\n") if line.strip()]
    natives = open(base + ".native", encoding="utf-8").read().split("\n")
    with open(base + ".tsv", "w", encoding="utf-8") as lines, open(base + ".wanted", "w", encoding="utf-8") as wanted:
        for number, (request, native) in enumerate(zip(requests, natives)):
            decision = json.loads(native)
            if "error" in decision:
                continue
            request = json.loads(request)
            # An empty text is another thing than none, and columns cannot tell them apart.
            if "" in (request.get(name) for name in COLUMNS):
                continue
            print("\t".join(column(name, request, number) for name in COLUMNS), file=lines)
            print("\t".join(field(name, decision) for name in FIELDS), file=wanted)


main()
