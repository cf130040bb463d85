# The corpus as CSV for COPY: rows.py FOLDER prints name, number, request, decision.
# Left out is what jsonb cannot hold: text that is no JSON, a key that stands twice.
import csv
import json
import pathlib
import sys


def unique(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    for image in sorted(pathlib.Path(sys.argv[1]).glob("*.wob")):
        requests = [line for line in image.with_suffix(".jsonl").read_text().split("\n") if line.strip()]
        natives = image.with_suffix(".native").read_text().split("\n")
        for number, (request, native) in enumerate(zip(requests, natives)):
            try:
                json.loads(request, object_pairs_hook=unique)
            except ValueError:
                continue
            out.writerow([image.stem, number, request, native])


main()
