"""Holds JSON files to a JSON Schema: validate.py SCHEMA FILE...

Prints one TAP line a file. In a file that ends in .jsonl each line is a value. A
file whose name begins with "bad-" must be refused, which shows that the schema
refuses anything.
"""
import json
import os
import sys

import jsonschema


def read(path):
    with open(path, encoding="utf-8") as file:
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in file]
        return [json.load(file)]


def check(validator, path):
    """The reasons why the file is not what it has to be."""
    try:
        values = read(path)
    except ValueError as error:
        return ["not JSON: " + str(error)]
    wrong = [
        "/".join(map(str, error.absolute_path)) + ": " + error.message[:300]
        for value in values
        for error in validator.iter_errors(value)
    ]
    if os.path.basename(path).startswith("bad-"):
        return [] if wrong else ["should have been refused"]
    return wrong if values else ["empty"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    failed = False
    for path in sys.argv[2:]:
        wrong = check(validator, path)
        name = os.path.basename(os.path.dirname(path)) + ": " + os.path.basename(path)
        print(("not ok" if wrong else "ok") + " - " + name.replace("#", "%23"))
        for reason in wrong[:5]:
            print("#", reason)
        failed = failed or bool(wrong)
    return 1 if failed else 0


sys.exit(main())
