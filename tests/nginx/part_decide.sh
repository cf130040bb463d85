# Statuses, variables, inheritance, what cannot be understood.
publish "$work/one.wob"
configure "$work/decide.conf" <<X
    woapol_image live.wob;
    log_format all '\$woapol_effect \$woapol_rule';
    map \$woapol_effect \$verdict { default closed; allow open; }
    server {
        listen 127.0.0.1:@PORT@;
        listen [::1]:@PORT@ ipv6only=on;
        listen unix:$work/socket;
        $facts
        woapol on;
        add_header X-Effect \$woapol_effect always;
        add_header X-Policy \$woapol_policy always;
        add_header X-Rule \$woapol_rule always;
        add_header X-Chain \$woapol_chain always;
        add_header X-Message \$woapol_message always;
        add_header X-Report \$woapol_report always;
        add_header X-Reason \$woapol_reason always;
        add_header X-Generation \$woapol_generation always;
        add_header X-Verdict \$verdict always;
        root $work/html;
        location / { }
        location /log { access_log $work/access.log all; }
        location /off { woapol off; }
        location /report { woapol report; }
        location /other { woapol_image closed.wob; }
        location /fixed { woapol_app Payroll; woapol_managed true; woapol_compliant yes; woapol_groups "All Staff@corp.example"; }
        location /outer { woapol_app Payroll; location /outer/inner { woapol_app Wiki; } }
        location /denied { deny all; }
        location /any { satisfy any; deny all; }
        location /anyone { satisfy any; allow all; }
    }
    server {
        listen 127.0.0.1:@PORT@;
        server_name quiet;
        root $work/html;
        location / { }
        location /plain { add_header X-Effect "<\$woapol_effect>" always; woapol on; }
        location /unread { add_header X-Effect "<\$woapol_effect>" always; }
    }
X
mkdir -p "$work/html"
for page in index.html log off report other fixed outer/inner denied any anyone page plain unread; do
    mkdir -p "$(dirname "$work/html/$page")"
    echo "this is $page" >"$work/html/$page"
done
echo 'policy P is default { otherwise deny }' >"$work/closed.woapol"
"$woapol" build "$work/closed.woapol" -o "$work/closed.wob"
start "$work/decide.conf" || is "decide: starts" yes no
staff='X-Groups: All Staff@corp.example'

status "allow goes on" 200 /page
is "allow: effect" allow "$(header X-Effect)"
is "allow: policy" Open "$(header X-Policy)"
is "allow: rule" first "$(header X-Rule)"
is "allow: report rule" watched "$(header X-Report)"
is "allow: generation" 1 "$(header X-Generation)"
is "allow: map" open "$(header X-Verdict)"
status "deny is 403" 403 /page --interface 127.0.0.66
is "deny: rule" banned "$(header X-Rule)"
is "deny: message" "Not from there" "$(header X-Message)"
is "deny: effect on the error page" deny "$(header X-Effect)"
is "deny: map" closed "$(header X-Verdict)"
status "an address in no network is denied" 403 /page --interface 127.0.0.2
is "otherwise has no rule's name" '' "$(header X-Rule)"
status "authenticate is 401" 401 /page -H 'X-App: Payroll' -H 'X-Managed: true' -H 'X-Compliant: 1' -H "$staff"
is "authenticate: effect" authenticate "$(header X-Effect)"
is "authenticate: chain" "password then okta_verify or fido2 else password" "$(header X-Chain)"
is "authenticate: report rule" risky "$(header X-Report)"
status "absent risk is high, low is not" 401 /page -H 'X-App: Payroll' -H 'X-Managed: on' -H 'X-Compliant: yes' -H 'X-Risk: low' -H "$staff"
is "low risk: no report" '' "$(header X-Report)"
status "absent managed is false" 403 /page -H 'X-App: Payroll' -H "$staff"
is "deny by a message" "Use a managed device" "$(header X-Message)"
status "user" 200 /page -H 'X-App: Payroll' -H 'X-Managed: TRUE' -H 'X-User: ana@corp.example'
status "device and entry" 200 /page -H 'X-App: Wiki' -H 'X-Device: ios' -H 'X-Entry: hub'
status "another device" 403 /page -H 'X-App: Wiki' -H 'X-Device: android' -H 'X-Entry: hub'
status "an unknown app has the default policy" 200 /page -H 'X-App: Nonesuch'
status "IPv6" 200 /page --resolve "x:$port:[::1]" --connect-to "::[::1]:$port"
get /page --unix-socket "$work/socket" >/dev/null
is "a client by unix socket has no address" "deny " "$(header X-Effect) $(header X-Rule)"
status "groups listed incompletely" 403 /page -H 'X-App: Wiki' -H "$staff" -H 'X-Complete: false'
is "groups listed incompletely: reason" "groups incomplete" "$(header X-Reason)"
status "the same groups, complete" 200 /page -H 'X-App: Wiki' -H "$staff" -H 'X-Complete: true'

status "off lets everything pass" 200 /off --interface 127.0.0.66
status "report lets everything pass" 200 /report --interface 127.0.0.66
is "report still has the variables" deny "$(header X-Effect)"
logs "report says in the log what it would do" 'woapol would deny this request: policy "Open", rule "banned"'
status "a location's own image" 403 /other
status "constants are facts" 401 /fixed
status "a location within another has its own app" 403 /outer/inner -H 'X-Managed: true'
is "a location within another: policy" Wikis "$(header X-Policy)"
status "other access rules still count" 403 /denied
status "satisfy any: allow does not open what deny shuts" 403 /any
status "satisfy any: what another check lets in is in" 200 /anyone --interface 127.0.0.66
status "a server without woapol" 200 /page -H 'Host: quiet' --interface 127.0.0.66
status "only the effect is asked for" 200 /plain -H 'Host: quiet'
is "only the effect: its value" '<allow>' "$(header X-Effect)"
status "a variable where nothing is enforced" 200 /unread -H 'Host: quiet' --interface 127.0.0.66
is "a variable where nothing is enforced: its value" '<deny>' "$(header X-Effect)"
status "in the log" 200 /log
is "log_format" "allow first" "$(until_is 'allow first' tail -n 1 "$work/access.log")"

for value in 'X-Managed: maybe' 'X-Compliant: 2' 'X-Risk: extreme' 'X-Complete: perhaps' 'X-Groups: "Sta'; do
    status "a bad value denies: $value" 403 /page -H "$value"
    is "a bad value is called so: $value" "bad request" "$(header X-Reason)"
done
status "a fact's header that comes twice denies" 403 /page -H 'X-Risk: low' -H 'X-Risk: low'
status "underscores are not dashes" 403 /page -H 'X-App: Wiki' -H 'X_Groups: All Staff@corp.example'
logs "bad values are logged" 'a configured value is no answer'
status "a bad value in report mode passes" 200 /report -H 'X-Risk: extreme'
