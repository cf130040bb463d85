Sign-ins of logs, decided anew. Two versions of a policy, an Okta log and a list of people:

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
  $ cat > okta.jsonl <<'X'
  > {"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7","userAgent":{"rawUserAgent":"Mozilla/5.0 (Windows NT 10.0)"}},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"published":"2026-03-02T08:00:00.000Z","target":[{"type":"AppInstance","displayName":"Wiki"},{"type":"Rule","displayName":"office"}]}
  > {"actor":{"alternateId":"bob@corp.example"},"client":{"ipAddress":"203.0.113.7","userAgent":{"rawUserAgent":"Mozilla/5.0 (Linux; Android 13)"}},"eventType":"policy.evaluate_sign_on","outcome":{"result":"DENY"},"published":"2026-03-03T09:00:00Z","target":[{"displayName":"Payroll","type":"AppInstance"},{"type":"Rule","displayName":"banned"}]}
  > {"eventType":"user.session.start","published":"2026-03-03T09:00:00Z"}
  > {"eventType":"policy.evaluate_sign_on"
  > {"eventType":"policy.evaluate_sign_on","client":{"ipAddress":"300.1.1.1"}}
  > 
  > {"actor":{"alternateId":"eve@corp.example"},"client":{"ipAddress":"192.0.2.7","userAgent":{"rawUserAgent":"Mozilla/5.0 (iPhone)"}},"device":{"managed":true},"debugContext":{"debugData":{"risk":"{level=LOW}"}},"eventType":"policy.evaluate_sign_on","outcome":{"result":"DENY"},"published":"2026-03-03T09:00:00Z","target":[{"displayName":"Wiki","type":"AppInstance"}]}
  > X
  $ printf 'user,groups\nana@corp.example,Staff\nBob@corp.example,Staff;Contractors\neve@corp.example,\n' > people.csv
  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv
  7 records read = 3 decided + 4 skipped
             1  nothing stands there
                okta.jsonl:6: 
             1  not of the log's format
                okta.jsonl:4: {"eventType":"policy.evaluate_sign_on"
             1  not a sign-in
                okta.jsonl:3: {"eventType":"user.session.start","published":"2026-03-03T09:00:00Z"}
             1  the address is not one
                okta.jsonl:5: {"eventType":"policy.evaluate_sign_on","client":{"ipAddress":"300.1.1.1"}}
  from 2026-03-02T08:00:00Z to 2026-03-03T09:00:00Z
  0 denied, 1 allowed, 2 asked to authenticate
  2 changed: 1 looser, 1 stricter, 0 mixed, 0 other; 0 cannot be told
  
  What changes
  looser: 1 sign-in of 1 person
    before  deny by 'otherwise' of Main
    after   allow by 'lab' of Main
    such as {"ip":"192.0.2.7","user":"eve@corp.example","device":"ios","app":"Wiki","entry":"browser","groups":[],"managed":true,"compliant":false,"risk":"low"}
  stricter: 1 sign-in of 1 person
    before  allow by 'office' of Main
    after   authenticate fido2 by 'office' of Main
    such as {"ip":"198.51.100.7","user":"ana@corp.example","device":"windows","app":"Wiki","entry":"browser","groups":["Staff"],"managed":false,"compliant":false,"risk":"high"}
  
  What people go through a day
        before      after
           0.5        1.0  sign-ins that ask to authenticate
  
  A day
           0.5  sign-ins that now ask to authenticate
           0.0  sign-ins that no longer ask
           0.0  sign-ins that ask for more factors
           0.0  sign-ins that are now denied
           0.5  sign-ins that are no longer denied
  
  Decisions by rule
             1  Main: office  authenticate fido2
             1  Main: lab  allow
             1  Finance: staff  authenticate fido2
  
  Rules that no sign-in came to
    Main: banned
    Main: staff
  
  By device type
        denied    allowed authenticate   stricter     looser
             0          1            0          0          1  ios
             0          0            1          0          0  android
             0          0            1          1          0  windows
  
  By network
        denied    allowed authenticate   stricter     looser
             0          0            1          1          0  Office
             0          1            0          0          1  Lab
             0          0            1          0          0  in no named network
  
  By group
        denied    allowed authenticate   stricter     looser
             0          0            2          1          0  Staff
             0          0            1          0          0  Contractors
  
  What the log says was decided
    rules: 1 of 2 agree, 50.00 % (95 %: 9.45 to 90.55)
    effects: 2 of 3 agree, 66.67 % (95 %: 20.77 to 93.85)
             1  the log names 'banned', predicted is authenticate fido2 by 'staff' of Finance

Without the groups nothing is guessed:

  $ woapol replay new.woapol okta.jsonl | sed -n '/^from/,/^$/p'
  from 2026-03-02T08:00:00Z to 2026-03-03T09:00:00Z
  0 denied, 1 allowed, 0 asked to authenticate, 2 denied because their groups are not known
  3 sign-ins have no known groups: --people joins an export
  

A condition for CI, and what is no condition:

  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --fail-on 'looser > 0' > /dev/null
  [2]
  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --fail-on 'changed > 70%' > /dev/null
  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --fail-on 'wider > 0' > /dev/null
  woapol replay: --fail-on 'wider > 0': its name is none of looser, stricter, mixed, other, unknown, changed, denied, allowed, authenticate, decided, read, skipped, people, disagreed (see 'woapol help replay')
  [64]

A witness is a request that `eval` decides as the report says:

  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --format json > report.json
  $ jq -c '.changes[] | select(.change == "looser") | .witness' report.json | woapol eval new.woapol
  {"id":null,"effect":"allow","policy":"Main","rule":"lab","chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}

Hidden people stay hidden, in witnesses and in samples; few people are only few:

  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --hide-people --format json | grep -cE 'corp.example|198.51.100.7|192.0.2.7'
  0
  [1]
  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --k-anonymity 2 --format json | jq -c '[.changes[].witness, .changes[].people, .summary.people]'
  [null,null,null,null,null,null,3]
  $ printf '%032d' 7 > key
  $ woapol replay new.woapol okta.jsonl --old old.woapol 2>&1 | head -1
  woapol replay: --old and --new go together (see 'woapol help replay')
  $ woapol replay --old old.woapol --new new.woapol okta.jsonl --people people.csv --people-key key --format json | jq -c '.changes[] | select(.change == "looser") | .witness.user, .witness.ip'
  "u:c01f79831f55e531"
  "192.0.2.0/24"

The same, however it is packed, split or shared out:

  $ sum='[.read, .decided, .skipped]'
  $ gzip -c okta.jsonl > a.gz; zstd -qc okta.jsonl > a.zst; cat a.gz a.gz > two.gz; head -c 300 a.gz > cut.gz
  $ for log in okta.jsonl a.gz a.zst two.gz; do woapol replay new.woapol $log --format json | jq -c "$sum"; done
  [7,3,4]
  [7,3,4]
  [7,3,4]
  [14,6,8]
  $ for packed in a.gz a.zst; do { head -c 1 $packed; sleep 0.1; tail -c +2 $packed; } | woapol replay new.woapol - --format json | jq -c "$sum"; done
  [7,3,4]
  [7,3,4]
  $ woapol replay new.woapol cut.gz --format json | jq -c '.read, [.reasons[].reason]'
  3
  ["not of the log's format","the compressed file is damaged from here"]
  $ woapol replay new.woapol - --format json < okta.jsonl | jq -c "$sum"
  [7,3,4]
  $ jq -cs . okta.jsonl 2> /dev/null | head -c 1; grep -v '_on"$' okta.jsonl | jq -s . | woapol replay new.woapol - --format json | jq -c "$sum"
  [5,3,2]
  $ grep -v '_on"$' okta.jsonl | jq . | woapol replay new.woapol - --format json | jq -c "$sum"
  [5,3,2]
  $ for i in $(seq 4000); do cat okta.jsonl; done > long.jsonl
  $ for t in 1 2 7; do woapol replay --old old.woapol --new new.woapol long.jsonl a.gz --people people.csv --threads $t --format json > out.$t; done
  $ cmp out.1 out.2 && cmp out.1 out.7 && jq -c "$sum" out.1
  [28007,12003,16004]

Of the events of one transaction for one app the first counts, and no event counts twice, whoever reads it:

  $ cat > again.jsonl <<'X'
  > {"uuid":"1","transaction":{"type":"WEB","id":"T1"},"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"CHALLENGE"},"target":[{"type":"AppInstance","displayName":"Wiki"}]}
  > {"uuid":"2","transaction":{"type":"WEB","id":"T1"},"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"target":[{"type":"AppInstance","displayName":"Wiki"}]}
  > {"uuid":"3","transaction":{"type":"WEB","id":"T1"},"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"target":[{"type":"AppInstance","displayName":"Payroll"}]}
  > {"uuid":"4","transaction":{"type":"WEB","id":"unknown"},"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"target":[{"type":"AppInstance","displayName":"Payroll"}]}
  > {"uuid":"5","transaction":{"type":"WEB","id":"unknown"},"actor":{"alternateId":"ana@corp.example"},"client":{"ipAddress":"198.51.100.7"},"eventType":"policy.evaluate_sign_on","outcome":{"result":"ALLOW"},"target":[{"type":"AppInstance","displayName":"Payroll"}]}
  > X
  $ for threads in 1 2; do woapol replay new.woapol again.jsonl again.jsonl -i okta -T $threads --format json | jq -c "$sum, [.reasons[] | .reason, .count]"; done
  [10,4,6]
  ["stands there twice",5,"of a sign-in that has been counted",1]
  [10,4,6]
  ["stands there twice",5,"of a sign-in that has been counted",1]

A line of 40 MB is one bad line:

  $ (cat okta.jsonl; head -c 40000000 /dev/zero | tr '\0' a; echo; cat okta.jsonl) | woapol replay new.woapol - --format json | jq -c "$sum, [.reasons[] | [.reason, .count]]"
  [15,6,9]
  [["nothing stands there",2],["longer than 1 MiB",1],["not of the log's format",2],["not a sign-in",2],["the address is not one",2]]

Access's audit reports; a row's event is JSON in a string:

  $ cat > access.json <<'X'
  > { "header": ["a","b"], "data": [
  >   [ 1767225600000, "ana", "LOGIN", null, "{\"baseType\":\"Action\",\"timestamp\":1767225600000,\"actorUserName\":\"ana@corp.example\",\"deviceId\":\"Mozilla/5.0 (Macintosh)\",\"sourceIp\":\"198.51.100.7\",\"objectType\":\"LOGIN\",\"values\":{\"deviceType\":\"browser\",\"success\":\"true\",\"LoginRiskLevel\":\"LOW\"}}" ],
  >   [ 1767225600000, "x", "Group", null, "{\"objectType\":\"Group\"}" ] ], "_links": { "self": {} } }
  > X
  $ woapol replay old.woapol access.json --people people.csv --format json | jq -c '.from, [.reasons[].reason], [.rules[] | select(.count > 0) | .rule], [.devices[].name], .fidelity.effects.agreed'
  "2026-01-01T00:00:00Z"
  ["not a sign-in"]
  ["office"]
  ["browser"]
  1

nginx, and its JSON:

  $ printf '198.51.100.7 - ana@corp.example [01/Jan/2026:13:55:36 +0100] "GET / HTTP/1.1" 200 12 "-" "Mozilla/5.0 (X11; Linux x86_64)"\nno line\n' > nginx.log
  $ woapol replay old.woapol nginx.log --people people.csv --format json | jq -c '.files[0].format, .from, .skipped, [.rules[] | select(.count > 0) | .rule], [.devices[].name]'
  "nginx"
  "2026-01-01T12:55:36Z"
  1
  ["office"]
  ["linux"]
  $ printf '{"remote_addr":"198.51.100.7","remote_user":"ana@corp.example","time_iso8601":"2026-01-01T10:00:00+01:00","status":"403"}\n' > nginx.json
  $ woapol replay old.woapol nginx.json --people people.csv --format json | jq -c '.files[0].format, .from, [.rules[] | select(.count > 0) | .rule], .fidelity.effects.agreed'
  "json"
  "2026-01-01T09:00:00Z"
  ["office"]
  0

CSV, whose columns have names of their own, and line ends in quotes:

  $ printf 'Time;Login;Address;Teams\n2026-01-01 10:00;ana;198.51.100.9;"Staff,Contractors"\n2026-01-01 11:00;"b\nob";198.51.100.9;Staff\nbad\n' > signins.csv
  $ woapol replay old.woapol signins.csv --map ip=Address --map user=Login --map groups=Teams --group-separator , --format json | jq -c "$sum, [.rules[] | select(.count > 0) | [.rule, .count]]"
  [4,2,2]
  [["office",2]]
  $ woapol replay old.woapol signins.csv --map color=Address
  woapol replay: --map wants FACT=COLUMN with a fact such as ip, user, device, agent, app, groups, time, rule or outcome, not 'color=Address' (see 'woapol help replay')
  [64]

Our own log, and requests:

  $ printf '%s\n' '{"time":"2026-01-01T00:00:00.000Z","by":"http","effect":"deny","policy":"Main","generation":0,"enforced":true,"ip":"198.51.100.0/24","groups":1}' '{"time":"2026-01-01T00:00:00.000Z","by":"http","effect":"deny","policy":"Main","generation":0,"enforced":true,"ip":"198.51.100.4","groups":0}' > log.jsonl
  $ woapol replay old.woapol log.jsonl --format json | jq -c '.files[0].format, [.reasons[].reason], .fidelity.effects.agreed'
  "decisions"
  ["the address is masked"]
  1
  $ echo '{"ip":"198.51.100.7","groups":["Staff"]} ' | woapol replay old.woapol - --format json | jq -c '.files[0].format, [.rules[] | select(.count > 0) | .rule]'
  "requests"
  ["office"]

SCIM exports, of users and of groups:

  $ echo '{"Resources":[{"userName":"ana@corp.example","groups":[{"value":"1","display":"Staff"}]},{"userName":"bob@corp.example"}]}' > users.json
  $ echo '{"Resources":[{"displayName":"Staff","members":[{"value":"1","display":"ana@corp.example"}]}]}' > groups.json
  $ for export in users.json groups.json; do woapol replay old.woapol nginx.log --people $export --format json | jq -c '[.groups[] | [.name, .allow]]'; done
  [["Staff",1],["Contractors",0]]
  [["Staff",1],["Contractors",0]]
  $ woapol replay old.woapol nginx.log --people okta.jsonl
  woapol replay: okta.jsonl: it is no JSON object with SCIM resources
  [1]

Which of two events that are alike counts is the log's order, however many threads read it and however often one tries: here each
event comes again from elsewhere, near by and far away, and of a sign-in there are two.

  $ awk 'BEGIN { for (i = 0; i < 24000; i++) printf "{\"eventType\":\"policy.evaluate_sign_on\",\"uuid\":\"u%d\",\"transaction\":{\"id\":\"t%d\"},\"actor\":{\"alternateId\":\"p%d@corp.example\"},\"client\":{\"ipAddress\":\"%s.%d\"},\"pad\":\"%0200d\"}\n", i * 7 % 15013, i * 5 % 7001, i % 500, (i % 3 ? "198.51.100" : "203.0.113"), i % 250, i }' > twice.jsonl
  $ for t in 1 2 3 4 2 4 2 4 2 4; do woapol replay --old old.woapol --new new.woapol twice.jsonl -i okta --threads $t --format json | md5sum; done | sort -u | wc -l
  1
  $ woapol replay new.woapol twice.jsonl -i okta --threads 4 --format json | jq -c "$sum, [.reasons[] | .reason, .count]"
  [24000,7001,16999]
  ["stands there twice",8987,"of a sign-in that has been counted",8012]

What cannot be read at all:

  $ woapol replay old.woapol none.jsonl
  woapol replay: none.jsonl: No such file or directory
  [1]
  $ echo 'hello' | woapol replay old.woapol -
  woapol replay: -: it is no log of a known format; --format-in says which it is
  [1]
  $ woapol replay old.woapol
  woapol replay: LOG is missing; - is standard input (see 'woapol help replay')
  [64]
  $ woapol replay --old old.woapol okta.jsonl
  woapol replay: --old and --new go together (see 'woapol help replay')
  [64]
  $ woapol replay old.woapol okta.jsonl --format-in syslog
  woapol replay: option '--format-in' wants requests|decisions|okta|access|nginx|json|csv, not 'syslog' (see 'woapol help replay')
  [64]

An interrupt ends the run with what was read, and says so:

  $ mkfifo feed; (cat okta.jsonl; yes '' | head -c 3000000; touch fed; exec sleep 600) > feed & feeder=$!
  $ (woapol replay new.woapol feed --format json > partial.json; echo $? > status) & until [ -e fed ]; do sleep 0.05; done; kill -INT $(pgrep -P $! woapol) 2> /dev/null; wait $!; kill $feeder
  $ cat status; jq -c '[.decided, .partial, .read > 1000000, .read == .decided + .skipped]' partial.json
  1
  [3,true,true,true]

Logs name apps as the tenant does that wrote them; the source may call them otherwise:

  $ cat > called.woapol <<'X'
  > tenant Corp { kind = okta }
  > app Payroll = "Payroll EU" { okta = "Payroll (live)" }
  > app Crm { Corp = "Sales" access = "Both" }
  > app Wiki { access = "Both" okta = "Crm" }
  > policy Pay for Payroll { otherwise allow }
  > policy Sell for Crm { otherwise allow }
  > policy Know for Wiki { otherwise allow }
  > policy Main is default { otherwise deny }
  > X
  $ (echo app,user; for app in Payroll 'Payroll EU' 'Payroll (live)' Sales Crm Both Wiki Other ''; do echo "$app,ana"; done) > called.csv
  $ woapol replay called.woapol called.csv --format json | jq -c '.rules[] | [.policy, .count]'
  ["Pay",3]
  ["Sell",2]
  ["Know",1]
  ["Main",3]
  $ woapol replay --old called.woapol --new called.woapol called.csv --format json | jq -c '.summary.changed'
  0
  $ sed 's/policy Pay for Payroll/policy Pay for Renamed/; s/^app Payroll/app Renamed/; s/Pay for Renamed { otherwise allow/Pay for Renamed { otherwise deny/' called.woapol > later.woapol
  $ woapol replay --old called.woapol --new later.woapol called.csv --format json | jq -c '.changes[] | [.before.policy, .after.policy, .count, .witness.app]'
  ["Pay","Pay",2,"Renamed"]
  ["Pay","Main",1,"Payroll"]
  ["Main","Main",3,"Both"]
  ["Sell","Sell",2,"Crm"]
  ["Know","Know",1,"Wiki"]
