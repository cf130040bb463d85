Building, signing, verifying and looking into images.

  $ cat > p.woapol <<X
  > use "nets.woapol"
  > group Staff
  > policy Main is default {
  >   rule office when network in Office authenticate password or fido2 then okta_verify every 8h
  >   rule report new when group in Staff deny "No"
  > }
  > X
  $ echo 'network Office = 198.51.100.0/24' > nets.woapol
  $ woapol build p.woapol && ls
  nets.woapol
  p.woapol
  p.wob
  $ woapol disasm p.wob
  policy Main, the default: entries 0 to 1, reporting 2 to 3
    rule office
      entry 0:  addresses 1 of 2
      outcome 1:  authenticate by chain 0 every 28800 s
    report rule new
      entry 2:  any {Staff}
      outcome 2:  deny "No"
    otherwise
      outcome 0:  deny
  chain 0
      0000  METHOD password
      0001  OR     fido2
      0002  THEN
      0003  METHOD okta_verify
      0004  END
  $ woapol inspect p.wob | grep -v -e bytes -e checksum
  image        p.wob
  format       8.0
  built by     woapol 0.1
  generation   0
  signatures   none
  policies     1
  rules        2
  apps         0
  groups       1
  users        0
  devices      13
  methods      40
  sections
  $ woapol inspect p.wob --source nets.woapol
  network Office = 198.51.100.0/24
  $ woapol inspect p.wob --format json | jq -c '[.format, .generation, .rules, .signatures, [.sources[].name]]'
  ["8.0",0,2,[],["p.woapol","std/prelude","nets.woapol"]]
  $ woapol verify p.wob
  p.wob: sound, and made of the sources that it carries

The same sources give the same bytes wherever they lie:

  $ mkdir elsewhere && cp *.woapol elsewhere && (cd elsewhere && woapol build p.woapol -o ../q.wob) && cmp p.wob q.wob
  $ woapol build ./elsewhere/p.woapol -o - | cmp - p.wob
  $ cat p.woapol | woapol build - -o r.wob; woapol verify r.wob
  r.wob: sound, and made of the sources that it carries

A generation is part of the image:

  $ woapol build p.woapol -g 7 -o g.wob && woapol inspect g.wob | grep generation
  generation   7
  $ woapol build p.woapol -g -1 -o g.wob
  woapol build: option '--generation' wants a whole number from 0 to 9223372036854775807, not '-1' (see 'woapol help build')
  [64]

Findings are shown, and errors write nothing:

  $ echo 'group G policy P is default { rule a when not group in G allow }' > odd.woapol
  $ woapol build odd.woapol > /dev/null 2>&1; echo $?; ls odd.wob
  0
  odd.wob
  $ woapol build odd.woapol -o denied.wob --deny warnings > /dev/null 2>&1; echo $?; ls denied.wob
  3
  ls: cannot access 'denied.wob': No such file or directory
  [2]
  $ echo 'policy P is default { rule a when group in Nobody deny }' > wrong.woapol
  $ woapol build wrong.woapol; ls wrong.wob
  error[WOA1010]: there is no group 'Nobody'
   --> wrong.woapol:1:44
    |
  1 | policy P is default { rule a when group in Nobody deny }
    |                                            ^^^^^^
    |
    = help: declare it, or 'use' the file that does
  
  1 error; 'woapol explain WOA1010' says more
  ls: cannot access 'wrong.wob': No such file or directory
  [2]

What is in the way of a build:

  $ woapol build p.woapol -o p.woapol
  woapol build: p.woapol would replace the source that it is built from
  [7]
  $ cp p.woapol nosuffix && woapol build nosuffix
  woapol build: name the image to write with -o (see 'woapol help build')
  [64]
  $ woapol build p.wob
  woapol build: p.wob is an image already; --sign adds a signature to it (see 'woapol help build')
  [64]
  $ woapol build p.wob --sign none.key
  woapol build: none.key: No such file or directory
  [1]
  $ woapol build p.woapol --not-after 2027-01-01
  woapol build: --not-before and --not-after go with --sign (see 'woapol help build')
  [64]
  $ woapol build p.woapol --sign none.key --not-after tomorrow
  woapol build: --not-after: 'tomorrow' is not a date like 2027-03-01 (see 'woapol help build')
  [64]
  $ woapol build p.woapol --sign none.key --not-after 2027-02-30
  woapol build: --not-after: '2027-02-30' is not a date like 2027-03-01 (see 'woapol help build')
  [64]
  $ woapol build p.woapol --sign none.key --not-before 2027-01-02 --not-after 2027-01-01
  woapol build: the signature would end before it begins (see 'woapol help build')
  [64]

Signatures, several, and a threshold:

  $ woapol keygen one.key > /dev/null && woapol keygen two.key > /dev/null && woapol keygen three.key | sed 's/id .*/id/'
  three.key: the private key; keep it where images are built
  three.key.pub: the public key; give it to who verifies them
  key id
  $ woapol keygen one.key
  woapol keygen: one.key exists already; nothing was written
  [7]
  $ stat -c %a one.key
  600
  $ woapol build p.woapol --sign one.key -o s.wob && woapol verify s.wob --key one.key.pub | sed 's/key [0-9a-f]*/key ID/'
  s.wob: signature by key ID (one.key.pub): good
  s.wob: sound, and made of the sources that it carries
  $ woapol build s.wob --sign two.key && woapol verify s.wob -k one.key.pub -k two.key.pub -t 2 | sed 's/key [0-9a-f]*/key ID/'
  s.wob: signature by key ID (one.key.pub): good
  s.wob: signature by key ID (two.key.pub): good
  s.wob: sound, and made of the sources that it carries
  $ woapol verify s.wob --key one.key.pub --key three.key.pub --threshold 2 2>&1 | sed 's/key [0-9a-f]*/key ID/'
  woapol verify: warning: s.wob: signature by key ID: by a key that was not asked for
  woapol verify: s.wob: good signatures by 1 of the given keys, 2 needed
  $ woapol verify s.wob --key three.key.pub 2> /dev/null
  [8]
  $ woapol verify p.wob --key one.key.pub
  woapol verify: p.wob: it is not signed
  [8]
  $ woapol build p.woapol --sign one.key --not-after 2001-01-01 -o old.wob; woapol verify old.wob --key one.key.pub 2>&1 | sed 's/key [0-9a-f]*/key ID/'
  woapol verify: warning: old.wob: signature by key ID: expired
  woapol verify: old.wob: good signatures by 0 of the given keys, 1 needed
  $ woapol build p.woapol --sign one.key --not-before 2999-01-01 -o new.wob; woapol verify new.wob --key one.key.pub 2>&1 | sed 's/key [0-9a-f]*/key ID/'
  woapol verify: warning: new.wob: signature by key ID: not valid yet
  woapol verify: new.wob: good signatures by 0 of the given keys, 1 needed
  $ woapol verify s.wob
  s.wob: sound, and made of the sources that it carries
  $ woapol verify s.wob --key p.woapol
  woapol verify: p.woapol: not an Ed25519 public key in PEM form
  [1]
  $ woapol verify s.wob --key none.pub
  woapol verify: none.pub: No such file or directory
  [1]
  $ woapol verify s.wob --key one.key.pub --threshold 2
  woapol verify: option '--threshold' wants a whole number from 1 to 1, not '2' (see 'woapol help verify')
  [64]
  $ woapol verify s.wob --require-signature
  woapol verify: --require-signature needs --key: whose signature is good? (see 'woapol help verify')
  [64]

Every command that takes an image can ask for signatures, and then no source will do:

  $ woapol eval s.wob --key one.key.pub --request '{}'
  {"id":null,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ woapol eval p.wob --key one.key.pub --request '{}'
  woapol eval: p.wob: it is not signed
  [8]
  $ woapol eval p.woapol --key one.key.pub --request '{}'
  woapol eval: p.woapol is a source, and only images are signed; build and sign it first
  [8]
  $ woapol test s.wob --key three.key.pub 2> /dev/null
  [8]
  $ woapol explain s.wob --key three.key.pub --request '{}' 2> /dev/null
  [8]
  $ woapol inspect s.wob --key three.key.pub 2> /dev/null
  [8]

Only images will do for some:

  $ woapol verify p.woapol
  woapol verify: p.woapol is not an image; 'woapol build' makes one of a source
  [1]
  $ woapol inspect p.woapol
  woapol inspect: p.woapol is not an image; 'woapol build' makes one of a source
  [1]
  $ woapol disasm p.woapol
  woapol disasm: p.woapol is not an image; 'woapol build' makes one of a source
  [1]

What check finds wrong is not built, and not decided by. With --deny warnings that is also what it warns of:

  $ cat > locked.woapol <<X
  > group Admins { source = local }
  > policy P is default { rule a when managed allow otherwise deny }
  > X
  $ for c in check build eval test prove; do woapol $c locked.woapol > out 2>&1 < /dev/null; echo "$c $?"; grep ^error out; done
  check 3
  error[WOA4002]: administrators in 'Admins' are left without a way in
  build 3
  error[WOA4002]: administrators in 'Admins' are left without a way in
  eval 3
  error[WOA4002]: administrators in 'Admins' are left without a way in
  test 3
  error[WOA4002]: administrators in 'Admins' are left without a way in
  prove 3
  error[WOA4002]: administrators in 'Admins' are left without a way in
  $ ls locked.wob
  ls: cannot access 'locked.wob': No such file or directory
  [2]
  $ cat > twice.woapol <<X
  > policy P is default { rule a when managed or compliant allow rule b when managed deny otherwise deny }
  > X
  $ woapol build twice.woapol
  $ rm twice.wob
  $ woapol build twice.woapol --deny warnings
  error[WOA2001]: rule 'b' can never decide
   --> twice.woapol:1:67
    |
  1 | policy P is default { rule a when managed or compliant allow rule b when managed deny otherwi...
    |                            -                                      ^ 'a' takes every request it would match
    |                            |
    |                            takes all of its requests
    |
    = by: a
    = witness: {"managed":true,"compliant":false}
    = note: that rule decides otherwise than 'b' would: what it says never comes true
    = note: for instance a user in no group, managed, not compliant: decided by 'a'
    = help: move it up, narrow what stands before it, or remove it
  
  1 error; 'woapol explain WOA2001' says more
  [3]
  $ ls twice.wob
  ls: cannot access 'twice.wob': No such file or directory
  [2]
