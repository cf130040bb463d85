#!/bin/sh
# Writes the policy of a retail chain of any size; the same numbers give the
# same policy.
#   generate.sh RULES GROUPS PREFIXES
# A shop has a network of its own, a group of its own people, and two rules: at
# the till, and at home. Head office has what is left of the rules.
set -eu
rules=${1:?number of rules} groups=${2:?number of groups} prefixes=${3:?number of prefixes}
exec awk -v rules="$rules" -v groups="$groups" -v prefixes="$prefixes" '
# The n-th prefix: every second one IPv6, none inside another.
function prefix(n,    m) {
    m = int(n / 2)
    if (n % 2)
        return sprintf("2001:db8:%x:%x::/64", int(m / 65536), m % 65536)
    return sprintf("10.%d.%d.%d/28", int(m / 4096) % 256, int(m / 16) % 256, m % 16 * 16)
}
function shop(n) { return sprintf("Shop%05d", n) }
BEGIN {
    shops = int(rules / 2)
    if (shops < 1) shops = 1
    if (groups < shops + 1) shops = groups - 1
    if (shops < 1 || prefixes < shops || prefixes > 2097152) {
        print "generate.sh: at least two groups, a prefix for each shop, 2097152 at most" > "/dev/stderr"
        exit 1
    }
    print "// A retail chain, made by generate.sh " rules " " groups " " prefixes "."
    print ""
    print "use std/okta"
    print ""
    for (s = 0; s < shops; s++) {
        line = "network " shop(s) " = "
        first = int(prefixes * s / shops)
        last = int(prefixes * (s + 1) / shops)
        for (n = first; n < last; n++)
            line = line (n > first ? " + " : "") prefix(n)
        print line
    }
    print ""
    print "group HeadOffice = \"Head Office@retail.example\""
    for (g = 0; g < groups - 1; g++)
        printf "group %s = \"%s@retail.example\"\n", "Team" sprintf("%05d", g), "Team " g
    print ""
    print "app Till { protocol = saml }"
    print ""
    print "policy Tills for Till {"
    for (s = 0; s < shops; s++)
        printf "  rule till%05d when network in %s and group in Team%05d authenticate okta_password every 12h\n", s, shop(s), s
    print "  otherwise deny \"The till opens in the shop\""
    print "}"
    print ""
    print "policy Workforce is default {"
    for (s = 0; s < rules - shops - 1; s++)
        printf "  rule team%05d when device in OktaMobile and group in Team%05d authenticate OktaTwoFactors every %dh\n", s, s % (groups - 1), 1 + s % 24
    print "  rule head_office when group in HeadOffice authenticate OktaTwoFactors every 8h"
    print "  otherwise deny"
    print "}"
    print ""
    print "test \"people of a shop use the till there\" {"
    print "  given ip 10.0.0.1 app Till groups Team00000"
    print "  expect authenticate okta_password by till00000 in Tills every 12h"
    print "  given ip 203.0.113.9 app Till groups Team00000"
    print "  expect deny by otherwise"
    print "}"
    print "prove \"a till never opens outside every shop\" {"
    line = "  always deny when app in Till and not network in " shop(0)
    for (s = 1; s < shops && s < 8; s++)
        line = line " + " shop(s)
    if (shops <= 8)
        print line
    else
        print "  always deny when app in Till and network in 203.0.113.0/24"
    print "}"
}'
