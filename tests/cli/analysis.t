Exact questions about a policy: diff, prove, who-can, matrix, simplify, and how good
the tests are.

  $ cat > old.woapol <<X
  > network Office = 198.51.100.0/24
  > network Vpn = 10.8.0.0/16
  > group Staff
  > group Guests
  > chain Strong = password then authenticator_app
  > policy Workforce is default {
  >   rule office when network in Office and group in Staff allow
  >   rule staff when group in Staff authenticate Strong every 8h
  >   rule guests when group in Guests and not network in Vpn deny "Use the portal"
  >   otherwise deny
  > }
  > X

A policy is equal to itself, and to what only looks different:

  $ woapol diff old.woapol old.woapol
  no rule differs: every request is decided as before

  $ sed 's/group Staff/group People = "Staff"/; s/in Staff/in People/' old.woapol > renamed.woapol

  $ woapol diff old.woapol renamed.woapol
  no rule differs: every request is decided as before

A wider network is looser, and a request shows it:

  $ sed 's/in Office and/in Office + Vpn and/' old.woapol > new.woapol

  $ woapol diff old.woapol new.woapol
  looser: a user in Staff, from Vpn
    before  authenticate Strong every 8h by 'staff' of Workforce
    after   allow by 'office' of Workforce
    witness {"ip":"10.8.0.1","groups":["Staff"]}
  
  1 edit, 1 region of requests decided otherwise: 1 looser, 0 stricter, 0 neither
  each region is for a user in exactly the groups it names; further groups can lead to other rules
  [2]

  $ woapol diff --fail-on stricter old.woapol new.woapol > /dev/null

  $ woapol diff --fail-on looser new.woapol old.woapol > /dev/null

Images are as good as sources:

  $ woapol build old.woapol -o old.wob && woapol diff old.wob new.woapol | tail -n 2
  1 edit, 1 region of requests decided otherwise: 1 looser, 0 stricter, 0 neither
  each region is for a user in exactly the groups it names; further groups can lead to other rules

An edit that changes no decision is proved to:

  $ sed 's/rule guests/rule more_staff when group in Staff and network in Vpn authenticate Strong every 8h\n  rule guests/' old.woapol > more.woapol

  $ woapol diff old.woapol more.woapol
  1 edit, 0 decisions changed: proved

Who gets what:

  $ woapol who-can old.woapol allow
  Workforce.office: allow
    when    network in Office and group in Staff
    that is, a user in Staff, from Office
  

  $ woapol who-can old.woapol authenticate --group Guests
  Workforce.staff: authenticate Strong every 8h
    when    group in Staff
    except what is taken by office
    that is, a user in Staff and Guests, from anywhere but Office
  

  $ woapol who-can old.woapol nonsense
  woapol who-can: 'nonsense' is no outcome: deny, allow, authenticate, a method or a rule (see 'woapol help who-can')
  [64]

  $ woapol matrix old.woapol
  policy Workforce
  group       device  Office  Vpn  elsewhere
  Staff       any     A       B    B
  Guests      any     C       D    C
  (no group)  any     D       D    D
    A  allow
    B  authenticate Strong every 8h
    C  deny "Use the portal"
    D  deny
  

What changes nothing can go:

  $ woapol simplify more.woapol -o smaller.woapol
  removed: Workforce.more_staff, which can never decide
  1 of 4 rules removed; every request is decided as before: proved

  $ woapol diff more.woapol smaller.woapol
  1 edit, 0 decisions changed: proved

How good are the tests? There are none:

  $ woapol test --coverage old.woapol
  rules      0 of 4 decide a test (0 %)
  conditions 0 of 10 values are seen (0 %)
  settling   0 of 10 values alone settle their rule (0 %)
  regions    0 of 1 are reached (0 %)
    no test is decided by Workforce.office
    no test is decided by Workforce.staff
    no test is decided by Workforce.guests
    no test is decided by Workforce.otherwise
    never true at Workforce.office: network in Office
    never false at Workforce.office: network in Office
    never true at Workforce.office: group in Staff
    never false at Workforce.office: group in Staff
    never true at Workforce.staff: group in Staff
    never false at Workforce.staff: group in Staff
    never true at Workforce.guests: group in Guests
    never false at Workforce.guests: group in Guests
    never true at Workforce.guests: network in Vpn
    never false at Workforce.guests: network in Vpn
  7 tests would reach all of it: --generate

  $ woapol test --generate old.woapol > tests.txt; cat old.woapol tests.txt > tested.woapol

  $ woapol test --coverage tested.woapol
  rules      4 of 4 decide a test (100 %)
  conditions 10 of 10 values are seen (100 %)
  settling   10 of 10 values alone settle their rule (100 %)
  regions    1 of 1 are reached (100 %)

  $ woapol test --mutate tested.woapol | tail -n 1
  mutants    15 of 16 are caught (93 %), 1 survive, 0 change nothing (proved), 0 undecided

Tests whose groups are incomplete count for what is known of them; here the
first rule is denied at, the second was not met:

  $ cat > part.woapol <<X
  > network Office = 198.51.100.0/24
  > group Staff
  > policy Workforce is default {
  >   rule office when network in Office allow
  >   rule staff when group in Staff authenticate password
  > }
  > test "not known" {
  >   given ip 203.0.113.9 groups incomplete
  >   expect deny by staff
  > }
  > X

  $ woapol test --coverage part.woapol
  rules      0 of 3 decide a test (0 %)
  conditions 1 of 4 values are seen (25 %)
  settling   1 of 4 values alone settle their rule (25 %)
  regions    0 of 0 are reached (100 %)
    no test is decided by Workforce.office
    no test is decided by Workforce.staff
    no test is decided by Workforce.otherwise
    never true at Workforce.office: network in Office
    never true at Workforce.staff: group in Staff
    never false at Workforce.staff: group in Staff
  3 tests would reach all of it: --generate
  unknown    1 of the tests denied since their groups are incomplete

  $ woapol test --mutate part.woapol | tail -n 1
  mutants    3 of 8 are caught (37 %), 5 survive, 0 change nothing (proved), 0 undecided

Both as JUnit: what is not reached, and what survives, is a failure:

  $ woapol test --coverage --format junit part.woapol | head -n 12
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites tests="11" failures="9">
    <testsuite name="tests" tests="11" failures="9">
      <testcase classname="Workforce.office" name="decides" file="part.woapol" line="4">
        <failure message="no test is decided by it">no test is decided by it
  test &quot;office decides&quot; {
    given ip 198.51.100.7
    expect allow by office in Workforce
  }</failure>
      </testcase>
      <testcase classname="Workforce.staff" name="decides" file="part.woapol" line="5">
        <failure message="no test is decided by it">no test is decided by it

  $ woapol test --mutate --format junit part.woapol | grep -c '<failure'
  5

A bare 'otherwise deny' says that a gap is meant; what it takes of people whom
rules let in is told only when asked for:

  $ sed 's/^}/  otherwise deny\n}/' $ROOT/tests/golden/analysis/gap.woapol > bare.woapol

  $ woapol check bare.woapol | grep -c WOA2004
  0
  [1]

  $ woapol check --all-notes bare.woapol | grep -A 10 WOA2004
  note[WOA2004]: the bare 'otherwise deny' of policy 'Workforce' takes people whom rules let in
   --> bare.woapol:6:8
    |
  6 | policy Workforce is default {
    |        ^^^^^^^^^
    |
    = witness: {"ip":"203.0.113.9","device":"ipados","groups":["Staff"],"managed":false}
    = note: no rule takes a user in Staff, on anything but ios and android, from anywhere but Office: denied (12 of 14 device types, over 99 % of IPv4, over 99 % of IPv6)
    = note: no rule takes a user in Guests, on anything but ios and android, not managed: denied (12 of 14 device types, 50 % of postures, risks and entries)
    = help: give it a message, if it is meant, so that they learn why
  
  --
  3 notes; 'woapol explain WOA2004' says more

Claims that do not hold come with a test:

  $ cat >> old.woapol <<X
  > prove "nobody gets in without a second factor" {
  >   never factors < 2
  >   never allow when not group in Staff
  > }
  > X

  $ woapol prove --generate old.woapol
  nobody gets in without a second factor
    refuted   never factors < 2
              rule 'office' of policy 'Workforce' decides allow
              for a user in Staff, from 198.51.100.7
              request: {"ip":"198.51.100.7","groups":["Staff"]}
  
  test "nobody gets in without a second factor" {
    given ip 198.51.100.7 groups Staff
    expect allow by office in Workforce
  }
  
    proved    never allow when not group in Staff
  
  1 proved, 1 refuted, 0 undecided
  [4]

  $ woapol prove --format junit old.woapol
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites tests="2" failures="1">
    <testsuite name="proofs" tests="2" failures="1">
      <testcase classname="nobody gets in without a second factor" name="never factors &lt; 2" file="old.woapol" line="13">
        <failure message="refuted: never factors &lt; 2">refuted: never factors &lt; 2
  rule 'office' of policy 'Workforce' decides allow
  for a user in Staff, from 198.51.100.7
  request: {&quot;ip&quot;:&quot;198.51.100.7&quot;,&quot;groups&quot;:[&quot;Staff&quot;]}</failure>
      </testcase>
      <testcase classname="nobody gets in without a second factor" name="never allow when not group in Staff" file="old.woapol" line="14"/>
    </testsuite>
  </testsuites>
  [4]
