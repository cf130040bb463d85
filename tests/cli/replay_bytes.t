Logs in UTF-8 and UTF-16, with and without a mark, packed or not, are the same log:

  $ echo 'network Office = 198.51.100.0/24 policy Main is default { rule office when network in Office allow }' > p.woapol
  $ for i in $(seq 3000); do echo '{"eventType":"policy.evaluate_sign_on","published":"2026-03-02T08:00:00Z","uuid":"'$i'","actor":{"alternateId":"zoë-😀-'$((i % 7))'@corp.example"},"client":{"ipAddress":"198.51.'$((100 + i % 2))'.7"},"target":[{"type":"Rule","displayName":"büro"}]}'; done > log
  $ for as in UTF-16LE UTF-16BE; do iconv -f UTF-8 -t $as log > $as; done
  $ (printf '\357\273\277'; cat log) > marked; (printf '\377\376'; cat UTF-16LE) > little; (printf '\376\377'; cat UTF-16BE) > big; gzip -c big > packed; (jq -s . log | iconv -f UTF-8 -t UTF-16) > array
  $ answer () { woapol replay p.woapol - --format json < $1 | md5sum | cut -c1-8; }
  $ for file in log marked UTF-16LE UTF-16BE little big packed array; do answer $file; done | sort -u | wc -l
  1
  $ woapol replay p.woapol little --format json | jq -c '[.read, .decided, .skipped], .fidelity.mismatches[0].logged'
  [3000,3000,0]
  "büro"
  $ { head -c 1 little; sleep 0.1; tail -c +2 little; } | woapol replay p.woapol - --format json | jq -c '[.read, .decided, .skipped]'
  [3000,3000,0]

A CSV file and an export of people as spreadsheets write them:

  $ printf 'time,ip,user\r\n2026-03-02,198.51.100.7,zoë\r\n' | iconv -f UTF-8 -t UTF-16 > log.csv; printf 'user;groups\r\nzoë;Büro\r\n' | iconv -f UTF-8 -t UTF-16 > people.csv
  $ (cat p.woapol; echo 'group Inside = "Büro"') > g.woapol; sed -i 's/{ rule/{ rule inside when group in Inside allow rule/' g.woapol
  $ woapol replay g.woapol log.csv --people people.csv --format json | jq -c '[.read, .decided, .skipped], [.rules[] | select(.count > 0) | .rule, .count]'
  [2,1,1]
  ["inside",1]

A byte that is none, half of a character, another file's mark: that record is a bad one, and no other:

  $ (head -2 log; printf '{"eventType":"policy.evaluate_sign_on","actor":{"alternateId":"\377"}}\n'; tail -1 log) | woapol replay p.woapol - --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | .reason, .count]'
  [4,3,1]
  ["bytes that are not UTF-8",1]
  $ (cat little; printf '\000\330\n\000{\000\n\000{') | woapol replay p.woapol - --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | .reason, .count]'
  [3003,3000,3]
  ["not of the log's format",1,"bytes that are not UTF-8",2]
  $ cat marked marked | woapol replay p.woapol - --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | .reason, .count]'
  [6000,3000,3000]
  ["stands there twice",3000]
  $ printf 'time,ip,user\n2026-03-02,198.51.100.7,M\374ller\n2026-03-02,198.51.100.7,Müller\n' | woapol replay p.woapol - --format json | jq -c '[.read, .decided, .skipped], [.reasons[] | .reason, .count]'
  [3,1,2]
  ["the names of the columns",1,"bytes that are not UTF-8",1]

What somebody who was killed left half written, whoever writes the same file next takes away; what others are writing stays:

  $ touch .woapol-90cf6bc6-aaaaaa .woapol-90cf6bc6-bbbbbb .woapol-90cf6bc6-longer-than-that .woapol-12345678-cccccc
  $ flock .woapol-90cf6bc6-bbbbbb woapol build p.woapol -o made.wob; ls -A | grep -F .woapol-
  .woapol-12345678-cccccc
  .woapol-90cf6bc6-bbbbbb
  .woapol-90cf6bc6-longer-than-that
