The tests in a source, run on its image.

  $ cat > p.woapol <<X
  > network Office = 198.51.100.0/24
  > group Staff = "All Staff@corp.example"
  > group Contractors
  > policy Main is default {
  >   rule guests when group in Contractors and not network in Office deny "Use the portal"
  >   rule report risky when risk is high deny
  >   rule staff when group in Staff and (managed or network in Office) authenticate password then fido2 every 8h
  >   rule later when group in Staff allow
  >   otherwise deny
  > }
  > test "guests are sent away" {
  >   given ip 203.0.113.9 groups Contractors
  >   expect deny by guests in Main message "Use the portal" report risky
  > }
  > test "staff at a desk" {
  >   given ip 198.51.100.7 groups "All Staff@corp.example" risk low
  >   expect authenticate password then fido2 by staff every 8h
  >   expect factors >= 2
  >   expect method fido2
  > }
  > X
  $ woapol test p.woapol
  ok    guests are sent away
  ok    staff at a desk
  
  no test reaches
    later in Main (p.woapol:8:8)
    otherwise in Main (p.woapol:9:3)
  
  2 passed, 0 failed
  $ woapol build p.woapol -o p.wob && woapol test p.wob | tail -n 1
  2 passed, 0 failed

What fails says why:

  $ cat >> p.woapol <<X
  > test "wrong <1>" { given ip 198.51.100.7 groups Contractors expect deny by guests }
  > test "wrong 2" {
  >   given groups Staff expect authenticate by staff
  >   given groups Staff managed expect allow
  >   given groups Staff managed expect authenticate fido2
  >   given groups Staff managed expect authenticate by staff every 9h
  >   given groups Contractors expect deny message "Go away"
  >   given groups Contractors risk low expect deny report risky
  > }
  > test "wrong 3" { given groups incomplete expect deny by staff }
  > X
  $ woapol test p.woapol
  ok    guests are sent away
  ok    staff at a desk
  FAIL  wrong <1>
          at       p.woapol:21:61
          given    ip 198.51.100.7 groups Contractors
          expected deny by guests
          got      deny by otherwise in Main report risky (p.woapol:9:3)
          because  rule guests does not hold: not network in Office (ip 198.51.100.7 lies in Office)
  FAIL  wrong 2
          at       p.woapol:23:22
          given    groups Staff
          expected authenticate by staff
          got      allow by later in Main report risky (p.woapol:8:8)
          because  rule staff does not hold: managed (not managed)
          at       p.woapol:24:30
          given    groups Staff managed
          expected allow
          got      authenticate password then fido2 by staff in Main every 8h report risky (p.woapol:7:8)
          because  rule later holds, too, but stands later
          at       p.woapol:25:30
          given    groups Staff managed
          expected authenticate fido2
          got      authenticate password then fido2 by staff in Main every 8h report risky (p.woapol:7:8)
          at       p.woapol:26:30
          given    groups Staff managed
          expected authenticate by staff every 9h
          got      authenticate password then fido2 by staff in Main every 8h report risky (p.woapol:7:8)
          at       p.woapol:27:28
          given    groups Contractors
          expected deny message "Go away"
          got      deny by guests in Main message "Use the portal" report risky (p.woapol:5:8)
          at       p.woapol:28:37
          given    groups Contractors risk low
          expected deny report risky
          got      deny by guests in Main message "Use the portal" (p.woapol:5:8)
  FAIL  wrong 3
          at       p.woapol:30:42
          given    groups incomplete
          expected deny by staff
          got      deny by guests in Main report risky (groups incomplete) (p.woapol:5:8)
          because  rule staff may not hold: group in Staff (not among the groups, but those are incomplete)
  
  2 passed, 3 failed
  [4]
  $ woapol test --filter 'wrong <' p.woapol
  FAIL  wrong <1>
          at       p.woapol:21:61
          given    ip 198.51.100.7 groups Contractors
          expected deny by guests
          got      deny by otherwise in Main report risky (p.woapol:9:3)
          because  rule guests does not hold: not network in Office (ip 198.51.100.7 lies in Office)
  
  0 passed, 1 failed, 4 left out
  [4]
  $ woapol test --filter nothing p.woapol
  woapol test: p.woapol: no test's name holds 'nothing'
  [1]
  $ woapol test --format junit --filter wrong p.woapol > report.xml
  [4]
  $ xmllint --noout report.xml && grep -c '<failure' report.xml
  8
  $ head -n 12 report.xml
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites>
    <testsuite name="p.woapol" tests="3" failures="3" errors="0">
    <testcase classname="p.woapol" name="wrong &lt;1&gt;">
      <failure message="deny by otherwise in Main report risky">
  at p.woapol:21:61
  given ip 198.51.100.7 groups Contractors
  expected deny by guests
  got deny by otherwise in Main report risky
  because rule guests does not hold: not network in Office (ip 198.51.100.7 lies in Office)
  </failure>
    </testcase>
  $ woapol test --format json --filter guests p.woapol | jq -S .
  {
    "failed": 0,
    "left_out": 4,
    "passed": 1,
    "tests": [
      {
        "cases": [
          {
            "because": null,
            "decided_at": "p.woapol:5:8",
            "expected": "deny by guests in Main message \"Use the portal\" report risky",
            "given": "ip 203.0.113.9 groups Contractors",
            "got": "deny by guests in Main message \"Use the portal\" report risky",
            "passed": true,
            "place": "p.woapol:12:3"
          }
        ],
        "name": "guests are sent away",
        "passed": true,
        "place": "p.woapol:11:6"
      }
    ],
    "unreached": []
  }

No tests, and a policy that is wrong:

  $ echo 'policy P is default { otherwise deny }' > none.woapol
  $ woapol test none.woapol
  there are no tests
  $ echo 'policy P is default { rule a when group in Nobody deny } test "t" { given managed expect deny }' > wrong.woapol
  $ woapol test wrong.woapol
  error[WOA1010]: there is no group 'Nobody'
   --> wrong.woapol:1:44
    |
  1 | policy P is default { rule a when group in Nobody deny } test "t" { given managed expect deny }
    |                                            ^^^^^^
    |
    = help: declare it, or 'use' the file that does
  
  1 error; 'woapol explain WOA1010' says more
  [3]
  $ woapol test missing.woapol
  woapol test: cannot read missing.woapol: No such file or directory
  [1]
  $ woapol test p.woapol > /dev/full
  woapol: cannot write the output: No space left on device
  [1]
