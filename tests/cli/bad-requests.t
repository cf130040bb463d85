Requests that are none: each gives an error on its line, the run goes on and ends
with status 1.

  $ cat > p.woapol <<X
  > group Staff
  > network Office = 198.51.100.0/24
  > policy P is default { rule staff when group in Staff and network in Office allow otherwise deny }
  > X
  $ ask() { printf "$1\n" | woapol eval p.woapol; }
  $ ask '{"id":1}'
  {"id":1,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ ask '{"id":1'
  {"id":null,"error":"a bracket is not closed, or something stands behind the last one, at byte 1"}
  [1]
  $ ask ''
  $ ask 'null'
  {"id":null,"error":"a request must be a JSON object"}
  [1]
  $ ask '[]'
  {"id":null,"error":"a request must be a JSON object"}
  [1]
  $ ask '{"id":1}{"id":2}'
  {"id":1,"error":"there is more text after the request, at byte 9"}
  [1]
  $ ask '{"id":1,"ip":"198.51.100.256"}'
  {"id":1,"error":"\"ip\" is not an IPv4 or IPv6 address: \"198.51.100.256\""}
  [1]
  $ ask '{"id":1,"ip":"198.51.100.7 "}'
  {"id":1,"error":"\"ip\" is not an IPv4 or IPv6 address: \"198.51.100.7 \""}
  [1]
  $ ask '{"id":1,"ip":3325256711}'
  {"id":1,"error":"\"ip\" must be a string, not a number"}
  [1]
  $ ask '{"id":1,"ip":null}'
  {"id":1,"error":"\"ip\" must be a string, not null"}
  [1]
  $ ask '{"id":1,"ip":""}'
  {"id":1,"error":"\"ip\" is not an IPv4 or IPv6 address: \"\""}
  [1]
  $ ask '{"id":1,"groups":"Staff"}'
  {"id":1,"error":"\"groups\" must be an array of strings, not a string"}
  [1]
  $ ask '{"id":1,"groups":["Staff",7]}'
  {"id":1,"error":"\"groups\" must hold strings only, not a number"}
  [1]
  $ ask '{"id":1,"managed":"yes"}'
  {"id":1,"error":"\"managed\" must be true or false, not a string"}
  [1]
  $ ask '{"id":1,"managed":1}'
  {"id":1,"error":"\"managed\" must be true or false, not a number"}
  [1]
  $ ask '{"id":1,"risk":"severe"}'
  {"id":1,"error":"\"risk\" must be low, medium or high, not \"severe\""}
  [1]
  $ ask '{"id":1,"risk":"LOW"}'
  {"id":1,"error":"\"risk\" must be low, medium or high, not \"LOW\""}
  [1]
  $ ask '{"id":1,"risk":"low","risk":"high"}'
  {"id":1,"error":"\"risk\" stands twice"}
  [1]
  $ ask '{"id":"a\\u0000b","device":"a\\u0000b"}'
  {"id":"a\u0000b","effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ ask '{"id":1,"device":"\377"}'
  {"id":1,"error":"the text is not UTF-8"}
  [1]
  $ ask '{"id":{"a":[1,2.50,"x"]},"other":[{}]}'
  {"id":{"a":[1,2.50,"x"]},"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ ask '{"id":1,"groups_complete":0}'
  {"id":1,"error":"\"groups_complete\" must be true or false, not a number"}
  [1]

A line with a NUL, one of ten megabytes, one nested ten thousand deep; the line
after it is answered:

  $ printf '{"id":1\0}\n{"id":2}\n' | woapol eval p.woapol
  {"id":null,"error":"the text is not JSON, at byte 7"}
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  [1]
  $ { printf '{"id":1,"user":"'; head -c 10000000 /dev/zero | tr '\0' a; printf '"}\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  {"id":1,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  $ { printf '{"id":1,"x":'; head -c 10000 /dev/zero | tr '\0' '['; printf '\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  {"id":1,"error":"a bracket is not closed, or something stands behind the last one, at byte 1"}
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  $ { printf '{"id":1,"groups":['; head -c 10000 /dev/zero | tr '\0' '['; printf '\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  {"id":1,"error":"a bracket is not closed, or something stands behind the last one, at byte 1"}
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  $ { printf '{"id":1,"groups":["Staff"'; awk 'BEGIN { for (i = 0; i < 100000; i++) printf ",\"g%d\"", i }'; printf ']}\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  {"id":1,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report
  $ printf '{"id":3}' | woapol eval p.woapol
  {"id":3,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ printf '{"id":1}\r\n{"id":2}\r\n' | woapol eval p.woapol
  {"id":1,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  {"id":2,"effect":"deny","policy":"P","rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ head -c 100000 /dev/urandom | woapol eval p.woapol | grep -vc '"error"'
  0
  [1]
