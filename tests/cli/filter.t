Lines for engines: one out for each in.

  $ cat > p.woapol <<X
  > network Office = 198.51.100.0/24
  > group Staff = "All Staff@corp.example"
  > group Odd = "a, \"b\" 'c'	d"
  > group Banned
  > app Payroll
  > policy Main is default {
  >   rule banned when group in Banned deny "Ask Anna"
  >   rule odd when group in Odd allow
  >   rule report risky when risk is high deny
  >   rule office when network in Office and group in Staff and managed allow
  >   rule staff when group in Staff authenticate fido2 else password then authenticator_app every 8h
  >   otherwise deny
  > }
  > X
  $ woapol build p.woapol -o p.wob 2> /dev/null
  $ printf '198.51.100.7\tStaff\ttrue\n198.51.100.7\tStaff\tf\n\\N\t\t\n::ffff:198.51.100.7\tNobody, All Staff@corp.example\t1\n1.2.3.4\tBanned\t0\n' > lines
  $ woapol filter p.wob --columns ip,groups,managed < lines
  allow	office
  authenticate	staff
  deny	\N
  allow	office
  deny	banned
  $ woapol filter p.woapol --columns ip,groups,managed < lines | head -n 1
  allow	office

All that a decision says; the line that came before it:

  $ printf '7\tStaff\nx y\tBanned\n\tnobody\n' | woapol filter p.wob --columns id,groups --print id,effect,policy,rule,chain,reauth_s,message,report,reason,error
  7	authenticate	Main	staff	[[["fido2"]],[["password"],["authenticator_app"]]]	28800	\N	risky	\N	\N
  x y	deny	Main	banned	\N	\N	Ask Anna	risky	\N	\N
  \N	deny	Main	\N	\N	\N	\N	risky	\N	\N
  $ printf 'what ever\tStaff\tf\n' | woapol filter p.wob --columns -,groups,groups_complete --print effect,reason --pass
  what ever	Staff	f	deny	groups incomplete
  $ printf '7\tStaff\nx "y"\\t\tBanned\n' | woapol filter p.wob --columns id,groups --format-out json
  {"id":7,"effect":"authenticate","policy":"Main","rule":"staff","chain":[[["fido2"]],[["password"],["authenticator_app"]]],"reauth_s":28800,"message":null,"report":["risky"],"reason":null}
  {"id":"x \"y\"\t","effect":"deny","policy":"Main","rule":"banned","chain":null,"reauth_s":null,"message":"Ask Anna","report":["risky"],"reason":null}
  $ printf '{"id":"a\\\\b","groups":["Staff"]}\n{"groups":["Banned"]}\n' | woapol filter p.wob --format-in json --print id,effect
  "a\\\\b"	authenticate
  null	deny

Groups between commas, in quotes, and as ClickHouse has them:

  $ printf '%s\n' '"All Staff@corp.example" , x' "['x','All Staff@corp.example']" '["All Staff@corp.example"]' '[]' '"a, ""b"" '"'c'"'\td"' "['a, \"b\" \\'c\\'\\td']" | woapol filter p.wob --columns groups
  authenticate	staff
  authenticate	staff
  authenticate	staff
  deny	\N
  allow	odd
  allow	odd
  $ printf '%s\n' '"open' '"a"b' '[' "['a'" "['a',]" '[a]' "['a' 'b']" "['a\\" 'Staff,' ',' | woapol filter p.wob --columns groups --print effect,error
  error	"groups" is no list of groups: ""open"
  error	"groups" is no list of groups: ""a"b"
  error	"groups" is no list of groups: "["
  error	"groups" is no list of groups: "['a'"
  error	"groups" is no list of groups: "['a',]"
  error	"groups" is no list of groups: "[a]"
  error	"groups" is no list of groups: "['a' 'b']"
  error	"groups" is no list of groups: "['a\\"
  authenticate	\N
  deny	\N
  [1]

A bad line is answered in its place:

  $ printf '1.2.3\ttrue\n1.2.3.4\tyes\n1.2.3.4\n1.2.3.4\ttrue\tx\n\n1.2.3.4\ttrue\r\n' | woapol filter p.wob --columns ip,managed --print effect,error
  error	"ip" is not an IPv4 or IPv6 address: "1.2.3"
  error	a flag must be true or false, t or f, 1 or 0: "yes"
  error	the line has fewer fields than there are columns
  error	the line has more fields than there are columns
  error	the line has fewer fields than there are columns
  deny	\N
  [1]
  $ printf 'not json\n\n{"risk":"x"}\n{}\n' | woapol filter p.wob --format-in json
  error	\N
  error	\N
  error	\N
  deny	\N
  [1]
  $ printf '1.2.3\tid\\t7\n' | woapol filter p.wob --columns ip,id --print id,effect
  id\t7	error
  [1]
  $ printf 'low\nhigh\nmedium\nLow\n' | woapol filter p.wob --columns risk --print effect,report
  deny	
  deny	risky
  deny	
  error	\N
  [1]
  $ head -c 17000000 /dev/zero | tr '\0' a > long; printf '\n10.0.0.1\n' >> long
  $ woapol filter p.wob --columns ip --print effect,error < long
  error	the line is longer than 16 MiB
  deny	\N
  [1]
  $ printf '10.0.0.1' | woapol filter p.wob --columns ip
  deny	\N

Chunks whose lines are counted:

  $ printf '2\n10.0.0.1\nx\n0\n1\n\n' | woapol filter p.wob --columns ip --counted
  deny	\N
  error	\N
  deny	\N
  [1]
  $ printf '2\n10.0.0.1\n' | woapol filter p.wob --columns ip --counted
  deny	\N
  woapol filter: standard input: it ended before all lines that were announced
  [1]
  $ printf 'x\n10.0.0.1\n' | woapol filter p.wob --columns ip --counted
  woapol filter: standard input: a line that must be a number of lines is none
  [1]

What cannot be asked for:

  $ woapol filter p.wob < lines
  woapol filter: name the --columns of the lines, or say --format-in json (see 'woapol help filter')
  [64]
  $ woapol filter p.wob --columns ip,address < lines
  woapol filter: --columns: a column is one of id, ip, device, groups, app, user, entry, managed, compliant, risk, groups_complete, or - to pass it over (see 'woapol help filter')
  [64]
  $ woapol filter p.wob --columns ip,ip < lines
  woapol filter: --columns: a column stands twice (see 'woapol help filter')
  [64]
  $ woapol filter p.wob --columns ip --print effect,colour < lines
  woapol filter: --print: a field is one of id, effect, policy, rule, chain, reauth_s, message, report, reason, error (see 'woapol help filter')
  [64]
  $ woapol filter p.wob --format-in json --columns ip < lines
  woapol filter: JSON has keys, not --columns (see 'woapol help filter')
  [64]
  $ woapol filter p.wob --columns ip --format-out json --print effect < lines
  woapol filter: JSON holds all of a decision; leave --print away (see 'woapol help filter')
  [64]
  $ woapol filter - --columns ip < lines
  woapol filter: standard input holds the requests; name the policy's file (see 'woapol help filter')
  [64]
  $ woapol filter none.wob --columns ip < lines
  woapol filter: cannot read none.wob: No such file or directory
  [1]
  $ woapol filter p.wob --columns ip < lines > /dev/full
  woapol filter: standard output: No space left on device
  [1]
