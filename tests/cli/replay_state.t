A replay that is interrupted goes on where it was saved, and reports what one run would have:

  $ cat > old.woapol <<X
  > network Office = 198.51.100.0/24
  > network Lab = 192.0.2.0/24
  > group Staff
  > group Contractors
  > app Payroll
  > policy Main is default {
  >   rule banned when group in Contractors and device in android deny "No"
  >   rule office when network in Office and group in Staff allow
  >   rule staff when group in Staff authenticate password
  >   otherwise deny
  > }
  > policy Finance for Payroll { rule staff when group in Staff authenticate fido2 }
  > X
  $ sed '/rule office/s/allow/authenticate fido2\n  rule lab when network in Lab and managed allow/' old.woapol > new.woapol
  $ for i in $(seq 30000); do echo '{"uuid":"'$((i * 7 % 29000))'","actor":{"alternateId":"u'$((i % 9973))'@corp.example"},"client":{"ipAddress":"198.51.100.'$((i % 256))'"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"published":"2026-03-0'$((1 + i % 9))'T08:00:00Z","target":[{"type":"Rule","displayName":"rule '$((i % 19))'"}]}'; done > a.jsonl
  $ gzip -1 -c a.jsonl > b.gz; sed 's/"uuid":"/"uuid":"z/' a.jsonl | zstd -q -1 > c.zst; (echo time,ip,user; for i in $(seq 9000); do echo "2026-03-01 10:00:00,192.0.2.$((i % 99)),v$i"; done) > d.csv
  $ sed 's/"uuid":"/"uuid":"y/' a.jsonl | jq -s . | iconv -f UTF-8 -t UTF-16 > e.json
  $ (echo user,groups; for i in $(seq 0 3 9999); do echo "u$i@corp.example,Staff"; done) > people.csv
  $ logs='a.jsonl b.gz c.zst d.csv e.json'; both='--old old.woapol --new new.woapol'
  $ woapol replay $both $logs --people people.csv --format json > whole.json; jq -c '[.read, .decided, .skipped]' whole.json
  [129001,96000,33001]

Killed at one place after another, with one thread and with two; what was left half written, the next run takes away:

  $ began=$(date +%s%N); woapol replay $both $logs --people people.csv --format json --state at | cmp - whole.json; step=$((($(date +%s%N) - began) / 30000000 + 1)); rm at
  $ wait_for () { printf '%d.%03d' $(($1 * step / 1000)) $(($1 * step % 1000)); }
  $ killed () { n=1; until [ $n -gt 99 ]; do n=$((n * 9 / 8 + 1)); timeout -s KILL $(wait_for $n) woapol replay $both $logs --people people.csv --format json --state at --state-every 0 "$@" > out.json 2> err && break; done 2> /dev/null; [ $n -gt 2 ] || echo "never killed"; cmp out.json whole.json; ! ls -A | grep -F .woapol-; }
  $ killed --threads 1
  $ rm at; killed --threads 2

What was finished goes on with a log more; and it is nobody else's to read:

  $ stat -c %a at
  600
  $ woapol replay $both $logs a.jsonl --people people.csv --format json --state at | jq -c '[.read, .decided, .skipped, .partial]'
  [159001,96000,63001,false]
  $ woapol replay $both $logs a.jsonl --people people.csv --format json > more.json; woapol replay $both $logs a.jsonl --people people.csv --format json --state at | cmp - more.json

Interrupted politely it says what it has, which is less, and its law holds:

  $ stopped () { rm -f at; n=0; until [ $n -gt 99 ]; do n=$((n * 9 / 8 + 1)); timeout -s INT $(wait_for $n) woapol replay $both $logs --people people.csv --format json --state at "$@" > out.json && break; jq -c 'select(.read != .decided + .skipped) | .read' out.json; done; cmp out.json whole.json; }
  $ stopped --threads 1
  $ stopped --threads 2

What it must not go on with:

  $ woapol replay $both $logs --state at
  woapol replay: at: it was made with other exports of people; go on as it was begun, or remove it to begin anew
  [7]
  $ woapol replay --old old.woapol --new old.woapol $logs --people people.csv --state at
  woapol replay: at: it was made with another policy; go on as it was begun, or remove it to begin anew
  [7]
  $ woapol replay --old new.woapol --new new.woapol $logs --people people.csv --state at
  woapol replay: at: it was made with another old policy; go on as it was begun, or remove it to begin anew
  [7]
  $ woapol replay $both $logs --people people.csv --state at --map ip=address
  woapol replay: at: it was made with other options, or by another version of woapol; go on as it was begun, or remove it to begin anew
  [7]
  $ woapol replay $both a.jsonl c.zst b.gz --people people.csv --state at
  woapol replay: at: it was made of other logs; name those that it was begun with, in their order, and new ones behind them, or remove it to begin anew
  [7]
  $ touch a.jsonl b.gz; woapol replay $both $logs --people people.csv --format json --state at | cmp - whole.json
  $ sed -i '77s/8/9/' a.jsonl; woapol replay $both $logs --people people.csv --state at
  woapol replay: a.jsonl: what was read of it has changed since at was saved; remove that to begin anew
  [7]
  $ cp at good; head -c 5000 good > at; woapol replay $both $logs --people people.csv --state at
  woapol replay: at: it is no state of such a replay, or damaged; remove it to begin anew
  [7]
  $ cat a.jsonl | woapol replay $both - --state at
  woapol replay: --state wants logs that are files: what comes through a pipe cannot be read again (see 'woapol help replay')
  [64]
  $ woapol replay $both a.jsonl --state at --hide-people
  woapol replay: --state with --hide-people needs --people-key: the pseudonyms of the next run must be the same (see 'woapol help replay')
  [64]
  $ woapol replay $both a.jsonl --state-every 9
  woapol replay: --state-every goes with --state (see 'woapol help replay')
  [64]
  $ mkdir folder; woapol replay $both a.jsonl --state folder
  woapol replay: folder: it is no file that a state could be kept in
  [1]
