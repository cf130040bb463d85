#!/bin/sh
# The page of a replay, in Chromium: run.sh WOAPOL WORK NPM. Results go to $TAP; the
# screenshots stay in WORK.
set -u
woapol=$(realpath "$1") here=$(dirname "$(realpath "$0")")
: >"$TAP"
skip() {
    echo "ok - replay page # SKIP $1" >"$TAP"
    exit 0
}
command -v npm >/dev/null || skip "there is no npm"
browser=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium"
mkdir -p "$2" "$3"
work=$(realpath "$2") npm=$(realpath "$3")
if ! [ -d "$npm/node_modules/playwright-core" ]; then
    npm install --silent --no-save --no-audit --no-fund --prefix "$npm" playwright-core@1.56.1 >/dev/null 2>&1
fi
[ -d "$npm/node_modules/playwright-core" ] || skip "playwright-core is not there"
cd "$work" || exit 1
cat >old.woapol <<'E'
network Office = 198.51.100.0/22
network Lab = 192.0.2.0/24
group Staff
group Contractors
group LongName = "People whose department has a rather long name, such as this one"
policy Main is default {
  rule office when network in Office and group in {Staff, Contractors} allow
  rule lab when network in Lab deny "Come back from the office, or ask whoever runs the laboratory for a device of your own"
  rule staff when group in Staff authenticate password
  otherwise deny
}
E
sed 's/^  rule office.*/  rule office when network in Office and managed allow\n  rule lab_staff when network in Lab and group in Staff authenticate fido2 or password/' old.woapol >new.woapol
awk 'BEGIN {
    print "time,ip,user,groups,agent,managed,rule"
    split("198.51.100 192.0.2 203.0.113", nets, " ")
    for (i = 0; i < 4000; i++)
        printf "2026-03-%02d %02d:00:00,%s.%d,person-%d@a-rather-long-domain.corp.example,%s,%s,%s,rule %d\n", 1 + i % 28, (i * 7 + i % 5) % 24, nets[1 + i % 3], i % 256, i % 300, (i % 4 ? "Staff" : "Contractors"), (i % 2 ? "Mozilla/5.0 (Windows NT 10.0)" : "Mozilla/5.0 (iPhone)"), (i % 3 ? "yes" : "no"), i % 5
    print "no,address"
}' >log.csv
"$woapol" replay --old old.woapol --new new.woapol log.csv --format html >page.html || {
    echo "not ok - replay page: it is not written" >"$TAP"
    exit 1
}
timeout 600 node "$here/page.mjs" "$npm" "$work/page.html" "$browser" "$work" >>"$TAP" 2>"$work/log" || {
    cat "$work/log"
    grep -q '^not ok' "$TAP" || echo "not ok - replay page: the browser's run ended early" >>"$TAP"
}
! grep -q '^not ok' "$TAP"
