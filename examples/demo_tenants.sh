# The demo's second half, sourced by demo.sh: tenants on this machine are brought
# to the examples' policies, people sign in there, somebody edits by hand.
# shellcheck shell=sh disable=SC2154 # title, say, step, out, examples are demo.sh's

sandbox=
stop_sandbox() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null
    [ -z "$sandbox" ] || wait "$sandbox" 2>/dev/null
    sandbox=
}
start_sandbox() {
    rm -f "$out/ready"
    woapol sandbox --directory "$out/tenants" --ready-file "$out/ready" "$@" >"$out/sandbox.log" 2>&1 &
    sandbox=$!
    for _ in $(seq 200); do
        [ -e "$out/ready" ] || ! kill -0 $sandbox 2>/dev/null || sleep 0.1
    done
    [ -e "$out/ready" ] || { cat "$out/sandbox.log"; exit 1; }
    # shellcheck disable=SC1091
    . "$out/tenants/env"
    sed 's/^/  /' "$out/sandbox.log"
}
trap stop_sandbox EXIT
trap 'exit 1' INT TERM

# sign_in EXPECTED ORDER: who gets what, as the tenant itself decides; EXPECTED is
# "effect, rule, outcome"; a rule that was split is called by its name in the source.
sign_in() {
    printf '  > %s\n' "$2"
    got=$(curl -s "$WOAPOL_SANDBOX_CONTROL/sandbox/signin" --json "$2" |
        jq -r '[.effect, (.rule // "no rule" | sub(" \\([0-9]+\\)$"; "")), .outcome] | join(", ")')
    printf '    %s\n' "$got"
    steps=$((steps + 1))
    if [ "$got" != "$1" ]; then
        wrong=$((wrong + 1))
        echo "    ^ where $1 should be"
    fi
}

# By somebody at the console. The token goes through a pipe, since anybody on this
# machine can read a command's arguments.
by_hand_okta() {
    printf 'Authorization: SSWS %s' "$WOAPOL_OKTA_TOKEN" |
        curl -s --cacert "$WOAPOL_SANDBOX_CA" -H @- "$@"
}
by_hand_access() {
    printf 'user = "woapol:%s"' "$WOAPOL_ACCESS_CLIENT_SECRET" |
        curl -s --cacert "$WOAPOL_SANDBOX_CA" -K - -d grant_type=client_credentials \
            "$WOAPOL_SANDBOX_ACCESS/SAAS/auth/oauthtoken" |
        jq -r '"Authorization: Bearer " + .access_token' |
        curl -s --cacert "$WOAPOL_SANDBOX_CA" -H @- "$@"
}

title "Tenants, to try it all against"
say "An Okta org, a Workspace ONE Access tenant and a UEM tenant, on this machine alone. What they decide," \
    "they decide by their own code."
start_sandbox
export XDG_STATE_HOME="$out/state"
cd "$out" || exit 1
# shellcheck disable=SC2016 # the steps' shells know these variables
okta='--key ci.key.pub --url $WOAPOL_SANDBOX_OKTA --ca $WOAPOL_SANDBOX_CA'
# shellcheck disable=SC2016
access='--key ci.key.pub --tenant Portal --allow-narrowing --url $WOAPOL_SANDBOX_ACCESS --ca $WOAPOL_SANDBOX_CA'

title "Okta: examples/corporate"
say "First the proof that an org can hold all of it, then what would change, then the change itself. It is the signed" \
    "image that is pushed."
image=corporate.wob
step 0 "woapol prove $image --target okta --key ci.key.pub"
step 2 "woapol plan $image $okta"
step 0 "woapol push $image $okta --yes"
say "People sign in:"
pay='"app":"Payroll EU","device":"finn-iphone","ip":"198.51.100.9","risk":"low"'
sign_in "authenticate, own_payslip, signed in" "{\"tenant\":\"okta\",\"user\":\"finn@corp.example\",$pay}"
sign_in "deny, leavers, denied" "{\"tenant\":\"okta\",\"user\":\"eve@corp.example\",$pay}"
sign_in "deny, Catch-all Rule, denied" '{"tenant":"okta","user":"cem@partner.example","app":"Payroll EU","device":"cem-mac","ip":"203.0.113.9","risk":"low"}'
say "Somebody turns a rule off in the console, and who left last week gets in again:"
policy=$(by_hand_okta "$WOAPOL_SANDBOX_OKTA/api/v1/policies?type=ACCESS_POLICY" | jq -r '.[] | select(.name == "Pay") | .id')
rule=$(by_hand_okta "$WOAPOL_SANDBOX_OKTA/api/v1/policies/$policy/rules" | jq -r '.[] | select(.name == "leavers") | .id')
by_hand_okta -X POST -d '' "$WOAPOL_SANDBOX_OKTA/api/v1/policies/$policy/rules/$rule/lifecycle/deactivate"
sign_in "authenticate, own_payslip, signed in" "{\"tenant\":\"okta\",\"user\":\"eve@corp.example\",$pay}"
step 2 "woapol drift $image $okta"
step 0 "woapol push $image $okta --yes"
sign_in "deny, leavers, denied" "{\"tenant\":\"okta\",\"user\":\"eve@corp.example\",$pay}"
step 0 "woapol drift $image $okta"

title "Workspace ONE Access, guide U: examples/uem-token-enrollment"
say "Access has no IPv6 in its ranges; what that leaves out is named, and lets nobody in. How its interface writes policies" \
    "is not published, so a push asks for --accept-unverified."
image=uem-token-enrollment.wob
step 2 "woapol plan $image $access"
step 0 "woapol push $image $access --yes --accept-unverified"
say "Finn enrolls a phone with a token; Gil has none; Ana is at her desk, then in a café:"
sign_in "authenticate, enroll, signed in" '{"tenant":"access","user":"finn@corp.example","device":"finn-new-iphone","entry":"enrollment"}'
sign_in "deny, enroll_refused, denied" '{"tenant":"access","user":"gil@corp.example","device":"gil-iphone","entry":"enrollment"}'
sign_in "authenticate, office, signed in" '{"tenant":"access","user":"ana@corp.example","types":["WINDOWS"],"ip":"198.51.100.9"}'
sign_in "authenticate, away, signed in" '{"tenant":"access","user":"ana@corp.example","types":["WINDOWS"],"ip":"203.0.113.9"}'
say "Somebody lets everybody enroll, by hand:"
manager=$WOAPOL_SANDBOX_ACCESS/SAAS/jersey/manager/api
policy=$(by_hand_access "$manager/accessPolicies" | jq -r '.items[] | select(.base) | .uuid')
by_hand_access "$manager/accessPolicies/$policy" |
    jq -c '.accessPolicyRules |= map(if .name | startswith("enroll_refused") then .action = "ALLOW" | .errorMessage = null else . end)' >edited.json
by_hand_access -X PUT -d @edited.json -H 'Content-Type: application/json' "$manager/accessPolicies/$policy" >edited.answer
gil='{"tenant":"access","user":"gil@corp.example","device":"gil-iphone","entry":"enrollment"}'
sign_in "allow, enroll_refused, signed in" "$gil"
step 2 "woapol drift $image $access"
step 0 "woapol push $image $access --yes --accept-unverified"
sign_in "deny, enroll_refused, denied" "$gil"
step 0 "woapol drift $image $access"

title "OAuth clients, guide C: examples/oauth-service-client"
say "The client's secret is told once, to a file for its owner alone."
image=oauth-service-client.wob
step 0 "woapol prove $image --target access --tenant Portal --key ci.key.pub"
step 0 "woapol push $image $access --yes --accept-unverified --secrets-to secrets"
step 0 "woapol plan $image $access"
step 0 "test \$(stat -c %a secrets) = 600"
rm -f secrets

title "Okta Device Trust with Workspace ONE, guide D: examples/okta-combined"
say "Use case 2 first, in Access; then use case 1, in an Okta org of the Classic Engine: its app sign-on rules have no" \
    "interface, so people get the steps, each with what shows that it is done."
image=okta-combined.wob
step 0 "woapol push $image $access --yes --accept-unverified"
sign_in "authenticate, hub, signed in" '{"tenant":"access","user":"ana@corp.example","types":["HUB_APP"],"device":"ana-iphone"}'
sign_in "authenticate, enroll, signed in" '{"tenant":"access","user":"ana@corp.example","entry":"enrollment"}'
stop_sandbox
start_sandbox --classic
step 2 "woapol plan $image --tenant Corp --runbook ${okta% --ca *} --ca \$WOAPOL_SANDBOX_CA > steps.md"
step 0 "grep -c '^- \\[ \\]' steps.md"
stop_sandbox
