Requests that are none: each gives an error on its line, the run goes on and ends
with status 1.

  $ cat > p.woapol <<X
  > group Staff
  > network Office = 198.51.100.0/24
  > policy P is default { rule staff when group in Staff and network in Office allow otherwise deny }
  > X
  $ ask() { printf "$1\n" | woapol eval p.woapol; }
  $ ask '{"id":1}'
  $ ask '{"id":1'
  $ ask ''
  $ ask 'null'
  $ ask '[]'
  $ ask '{"id":1}{"id":2}'
  $ ask '{"id":1,"ip":"198.51.100.256"}'
  $ ask '{"id":1,"ip":"198.51.100.7 "}'
  $ ask '{"id":1,"ip":3325256711}'
  $ ask '{"id":1,"ip":null}'
  $ ask '{"id":1,"ip":""}'
  $ ask '{"id":1,"groups":"Staff"}'
  $ ask '{"id":1,"groups":["Staff",7]}'
  $ ask '{"id":1,"managed":"yes"}'
  $ ask '{"id":1,"managed":1}'
  $ ask '{"id":1,"risk":"severe"}'
  $ ask '{"id":1,"risk":"LOW"}'
  $ ask '{"id":1,"risk":"low","risk":"high"}'
  $ ask '{"id":"a\\u0000b","device":"a\\u0000b"}'
  $ ask '{"id":1,"device":"\377"}'
  $ ask '{"id":{"a":[1,2.50,"x"]},"other":[{}]}'
  $ ask '{"id":1,"groups_complete":0}'

A line with a NUL, one of ten megabytes, one nested ten thousand deep; the line
after it is answered:

  $ printf '{"id":1\0}\n{"id":2}\n' | woapol eval p.woapol
  $ { printf '{"id":1,"user":"'; head -c 10000000 /dev/zero | tr '\0' a; printf '"}\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  $ { printf '{"id":1,"x":'; head -c 10000 /dev/zero | tr '\0' '['; printf '\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  $ { printf '{"id":1,"groups":['; head -c 10000 /dev/zero | tr '\0' '['; printf '\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  $ { printf '{"id":1,"groups":["Staff"'; awk 'BEGIN { for (i = 0; i < 100000; i++) printf ",\"g%d\"", i }'; printf ']}\n{"id":2}\n'; } | woapol eval p.woapol | cut -c 1-100
  $ printf '{"id":3}' | woapol eval p.woapol
  $ printf '{"id":1}\r\n{"id":2}\r\n' | woapol eval p.woapol
  $ head -c 100000 /dev/urandom | woapol eval p.woapol | grep -vc '"error"'
