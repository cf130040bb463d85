Findings for a person, and the status.

  $ printf 'group Staff\npolicy P is default {\n  rule a when group in Staf allow\n  otherwise deny\n}\n' > wrong.woapol
  $ woapol check wrong.woapol
  error[WOA1010]: there is no group 'Staf'
   --> wrong.woapol:3:24
    |
  3 |   rule a when group in Staf allow
    |                        ^^^^
  help: write 'Staff' (changes decisions)
    |
  3 |   rule a when group in Staff allow
    |                        ~~~~~
  
  1 error; 'woapol explain WOA1010' says more
  [3]
  $ printf 'policy P is default {\n  rule a when managed deny\n  rule b when managed allow\n  otherwise deny\n}\n' > unwise.woapol
  $ woapol check unwise.woapol
  warning[WOA2001]: rule 'b' can never decide
   --> unwise.woapol:3:8
    |
  2 |   rule a when managed deny
    |        - takes all of its requests
  3 |   rule b when managed allow
    |        ^ 'a' takes every request it would match
    |
    = by: a
    = witness: {"managed":true}
    = note: that rule decides otherwise than 'b' would: what it says never comes true
    = note: for instance a user in no group, managed: decided by 'a'
    = help: move it up, narrow what stands before it, or remove it
  
  1 warning; 'woapol explain WOA2001' says more
  $ woapol check --deny warnings unwise.woapol | sed -n 1p
  error[WOA2001]: rule 'b' can never decide
  $ woapol check --deny warnings unwise.woapol > /dev/null
  [3]
  $ woapol check --deny warnings --format json unwise.woapol | grep -c '"severity": "warning"'
  0
  [1]
  $ printf 'policy P is default {\n  otherwise deny\n}\n' > right.woapol
  $ woapol check right.woapol

As JSON, all keys are there, also when there is nothing to say.

  $ woapol check --format json right.woapol
  {
    "findings": []
  }
  $ woapol check --format json wrong.woapol
  {
    "findings": [
      {
        "code": "WOA1010",
        "severity": "error",
        "message": "there is no group 'Staf'",
        "file": "wrong.woapol",
        "line": 3,
        "column": 24,
        "end_line": 3,
        "end_column": 28,
        "policy": null,
        "rule": null,
        "by": [],
        "witness": null,
        "label": null,
        "labels": [],
        "notes": [],
        "helps": [],
        "fixes": [
          {
            "title": "write 'Staff'",
            "applicability": "changes-decisions",
            "file": "wrong.woapol",
            "line": 3,
            "column": 24,
            "end_line": 3,
            "end_column": 28,
            "replacement": "Staff"
          }
        ]
      }
    ]
  }
  [3]
  $ woapol check --format json wrong.woapol > /dev/null
  [3]

As SARIF, fixes with a blank are left out.

  $ woapol check --format sarif right.woapol
  {
    "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    "version": "2.1.0",
    "runs": [
      {
        "tool": {
          "driver": {
            "name": "woapol",
            "version": "0.1",
            "rules": []
          }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
          {
            "executionSuccessful": true
          }
        ],
        "results": []
      }
    ]
  }

A file that cannot be read is no policy that is wrong.

  $ woapol check none.woapol
  woapol check: cannot read none.woapol: No such file or directory
  [1]
  $ mkdir 'a folder' && cp wrong.woapol 'a folder/p 1.woapol'
  $ woapol check --format sarif 'a folder/p 1.woapol' | grep '"uri"' | uniq
                    "uri": "a%20folder/p%201.woapol"
                      "uri": "a%20folder/p%201.woapol"
  $ woapol check 'a folder'
  woapol check: cannot read a folder: Is a directory
  [1]

Codes are explained without a policy.

  $ woapol explain WOA1021
  WOA1021 (error): a prefix with host bits set
  
  Behind the prefix length all bits of a prefix are zero. Here some are not, so
  that it cannot be told whether the one address is meant or the whole prefix.
  
  Example
  
      network Office = 198.51.100.7/24
      policy P is default {
        otherwise deny
      }
  
  Cure
  
  Write the prefix with zeroes (198.51.100.0/24), or the address alone
  (198.51.100.7).
  $ woapol explain 1021 | sed -n 1p
  WOA1021 (error): a prefix with host bits set
  $ woapol explain woa1021 --format markdown | sed -n 1,4p
  
  ## WOA1021: a prefix with host bits set
  
  Severity: error.
  $ woapol explain WOA1021 --format json
  {
    "diagnostics": [
      {
        "code": "WOA1021",
        "severity": "error",
        "title": "a prefix with host bits set",
        "meaning": "Behind the prefix length all bits of a prefix are zero. Here some are not, so that it cannot be told whether the one address is meant or the whole prefix.",
        "example": "network Office = 198.51.100.7/24\npolicy P is default {\n  otherwise deny\n}\n",
        "cure": "Write the prefix with zeroes (198.51.100.0/24), or the address alone (198.51.100.7)."
      }
    ]
  }
  $ woapol explain all | sed -n 's/^\(WOA[0-9]*\) .*/\1/p' > codes && woapol explain all --format json | grep -o '"WOA[0-9]*"' | tr -d '"' | cmp - codes
  $ woapol explain all --format markdown > diagnostics.md && cmp diagnostics.md "$ROOT/docs/diagnostics.md"
  $ for c in $(cat codes); do woapol explain "$c" > /dev/null || echo "$c"; done
