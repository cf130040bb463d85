Deciding requests, one given or many streamed, by a source or an image.

  $ cat > p.woapol <<X
  > network Office = 198.51.100.0/24 + 2001:db8:10::/48
  > group Staff = "All Staff@corp.example"
  > group Banned
  > app Payroll
  > policy Main is default {
  >   rule banned when group in Banned deny "Ask \"Anna\""
  >   rule report risky when risk is high deny
  >   rule office when network in Office and group in Staff allow
  >   rule staff when group in Staff authenticate fido2 or okta_verify else password then authenticator_app every 8h
  >   otherwise deny
  > }
  > policy Finance for Payroll { rule staff when group in Staff and managed authenticate fido2 }
  > X
  $ woapol build p.woapol -o p.wob
  $ cat > requests.jsonl <<X
  > {"id":1,"ip":"198.51.100.7","groups":["Staff"],"risk":"low"}
  > {"id":"two","ip":"203.0.113.9","groups":["All Staff@corp.example"]}
  > {"id":{"n": [3]},"groups":["Banned","Staff"],"risk":"medium","other":[1,{"ip":2}]}
  > {"id":null,"app":"Payroll","groups":["Staff"]}
  > {"app":"Payroll","groups":["Staff"],"managed":true}
  > {"id":6,"app":"Nobody","device":"toaster","entry":"fax","user":"x","groups":["None"]}
  > {"id":7,"groups":["Staff"],"groups_complete":false}
  > {"id":8,"ip":"::ffff:198.51.100.7","groups":["Staff"],"risk":"low"}
  > {"id":9,"ip":"2001:db8:10::1","groups":["Staff"],"risk":"low"}
  > X
  $ woapol eval p.wob < requests.jsonl | tee answers
  {"id":1,"effect":"allow","policy":"Main","rule":"office","chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":"two","effect":"authenticate","policy":"Main","rule":"staff","chain":[[["fido2","okta_verify"]],[["password"],["authenticator_app"]]],"reauth_s":28800,"message":null,"report":["risky"],"reason":null}
  {"id":{"n": [3]},"effect":"deny","policy":"Main","rule":"banned","chain":null,"reauth_s":null,"message":"Ask \"Anna\"","report":[],"reason":null}
  {"id":null,"effect":"deny","policy":"Finance","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":null,"effect":"authenticate","policy":"Finance","rule":"staff","chain":[[["fido2"]]],"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":6,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":["risky"],"reason":null}
  {"id":7,"effect":"deny","policy":"Main","rule":"banned","chain":null,"reauth_s":null,"message":null,"report":["risky"],"reason":"groups incomplete"}
  {"id":8,"effect":"allow","policy":"Main","rule":"office","chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":9,"effect":"allow","policy":"Main","rule":"office","chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ woapol eval p.woapol < requests.jsonl | cmp - answers

One request, and the status of a deny:

  $ woapol eval p.wob --request '{"id":1,"groups":["Staff"],"ip":"198.51.100.1"}'
  {"id":1,"effect":"allow","policy":"Main","rule":"office","chain":null,"reauth_s":null,"message":null,"report":["risky"],"reason":null}
  $ woapol eval p.wob --request '{}' --exit-code
  {"id":null,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":["risky"],"reason":null}
  [5]
  $ woapol eval p.wob --exit-code < requests.jsonl > /dev/null
  [5]
  $ woapol eval p.wob -e -r '{"groups":["Staff"]}'
  {"id":null,"effect":"authenticate","policy":"Main","rule":"staff","chain":[[["fido2","okta_verify"]],[["password"],["authenticator_app"]]],"reauth_s":28800,"message":null,"report":["risky"],"reason":null}
  $ woapol eval p.wob --request '{"id": [1,
  > 2], "ip": 4}'
  {"id":[1, 2],"error":"\"ip\" must be a string, not a number"}
  [1]

Bad lines are answered in their place, and the run goes on:

  $ printf '%s\n' '{"id":1,"risk":"low"}' 'not json' '' '  ' '{"id":2,"ip":"10.0.0.256"}' '{"id":3,"risk":"low"}' | woapol eval p.wob
  {"id":1,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":null,"error":"a request must be a JSON object"}
  {"id":2,"error":"\"ip\" is not an IPv4 or IPv6 address: \"10.0.0.256\""}
  {"id":3,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  [1]

Line ends of any kind, a byte order mark, and none at the end:

  $ printf '\357\273\277{"id":1,"risk":"low"}\r\n\r\n{"id":2,"risk":"low"}' | woapol eval p.wob
  {"id":1,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":2,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ woapol eval p.wob < /dev/null

Lines longer than 16 MiB are refused in bounded memory, others not:

  $ { printf '{"id":1,"risk":"low","x":"'; head -c 15000000 /dev/zero | tr '\0' a; printf '"}\n{"id":2,"x":"'; head -c 100000000 /dev/zero | tr '\0' a; printf '"}\n{"id":3,"risk":"low"}\n'; } | woapol eval p.wob
  {"id":1,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":null,"error":"the line is longer than 16 MiB"}
  {"id":3,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  [1]

An answer comes as soon as its request, not when the input ends:

  $ mkfifo in out
  $ woapol eval p.wob < in > out & exec 5> in 6< out; echo '{"id":1,"risk":"low"}' >&5; read -r answer <&6; echo "$answer"; exec 5>&- 6<&-; wait
  {"id":1,"effect":"deny","policy":"Main","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}

Wrong usage:

  $ woapol eval - < /dev/null
  woapol eval: standard input holds the requests; name the policy's file (see 'woapol help eval')
  [64]
  $ woapol eval
  woapol eval: FILE is missing (see 'woapol help eval')
  [64]
  $ woapol eval p.wob p.wob
  woapol eval: 'p.wob' is one operand too many (see 'woapol help eval')
  [64]
