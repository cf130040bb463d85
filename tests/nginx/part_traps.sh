# Where a proxy's phases can open what a policy shuts: each of these was a hole once.
publish "$work/one.wob"
configure "$work/traps.conf" <<X
    woapol_image live.wob;
    server {
        listen 127.0.0.1:@PORT@;
        $facts
        woapol on;
        root $work/html;
        add_header X-Effect \$woapol_effect always;
        add_header X-Seen "\$early" always;
        set \$early '';

        # 1. return runs before the access phase; this is the cure.
        location /return { return 200 "returned\n"; }
        location /guarded {
            if (\$woapol_effect = deny) { return 403; }
            if (\$woapol_effect = authenticate) { return 401; }
            return 200 "returned\n";
        }
        # 2. realip in a location changes the address after the variable was read.
        location /stale {
            set_real_ip_from 127.0.0.1;
            real_ip_header X-Forwarded-For;
            if (\$woapol_effect = allow) { set \$early allow; }
        }
        location /spoofed {
            set_real_ip_from 127.0.0.1;
            real_ip_header X-Forwarded-For;
            real_ip_recursive on;
        }
        # The same with other facts than the address.
        location /late-set {
            woapol_app Wiki;
            woapol_groups \$late;
            set \$late "All Staff@corp.example";
            if (\$woapol_effect = allow) { set \$early allow; }
            set \$late "Leavers";
        }
        location /asked {
            auth_request /who;
            auth_request_set \$who \$sent_http_x_who;
            woapol_app Wiki;
            woapol_groups \$who;
        }
        location = /who {
            internal;
            woapol off;
            proxy_pass http://127.0.0.1:@PORT@/directory;
            proxy_pass_request_headers off;
            proxy_set_header Host directory;
            proxy_set_header X-Asked \$http_x_asked;
        }
        # 3. error_page goes round once more, and is asked again.
        location /error { error_page 403 /sorry; }
        location /error-off { error_page 403 /sorry-off; }
        location /sorry { internal; }
        location /sorry-off { internal; woapol off; }
        location /error-named { error_page 403 = @named; }
        location @named { woapol off; return 418; }
        location /try { woapol off; try_files /nothing /page; }
        # 4. subrequests are not asked for themselves.
        location /mirrored { mirror /mirror; }
        location /mirror { internal; proxy_pass http://127.0.0.1:@PORT@/off; }
        location /off { woapol off; }
        location /sub { woapol off; auth_request /closed; }
        location /closed { internal; woapol_app Wiki; return 204; }
    }
    server {
        listen 127.0.0.1:@PORT@;
        server_name directory;
        root $work/html;
        location /directory {
            add_header X-Who \$http_x_asked always;
            return 204;
        }
    }
X
for page in stale spoofed late-set asked error error-off error-named sorry sorry-off try mirrored off sub; do
    echo "this is $page" >"$work/html/$page"
done
start "$work/traps.conf" || is "traps: starts" yes no
banned='--interface 127.0.0.66'
forwarded='X-Forwarded-For: 198.51.100.66'

# shellcheck disable=SC2086
{
    status "trap 1: return is before the access phase" 200 /return $banned
    status "trap 1: the variable guards it" 403 /guarded $banned
    status "trap 1: the variable lets others pass" 200 /guarded
    status "trap 1: and says who has to sign in" 401 /guarded -H 'X-App: Payroll' -H 'X-Managed: true' \
        -H 'X-Compliant: true' -H 'X-Groups: All Staff@corp.example'
}
status "trap 2: a decision by the outer address is not used" 403 /stale -H "$forwarded"
is "trap 2: it had been made" allow "$(header X-Seen)"
is "trap 2: the variable has followed" deny "$(header X-Effect)"
status "trap 2: the client behind the proxy is decided for" 200 /stale -H 'X-Forwarded-For: 203.0.113.5'
status "trap 2: a spoofed beginning of the header" 403 /spoofed -H 'X-Forwarded-For: 203.0.113.5, 198.51.100.66'
status "trap 2: a hop that is not trusted is not believed" 403 /stale -H 'X-Forwarded-For: 203.0.113.5' --interface 127.0.0.66
status "trap 2: groups that are set after the variable was read" 403 /late-set
is "trap 2: it had been made by the earlier groups" allow "$(header X-Seen)"
status "groups that auth_request has found out" 200 /asked -H 'X-Asked: All Staff@corp.example'
status "groups that auth_request has not found out" 403 /asked -H 'X-Asked: nobody'
# shellcheck disable=SC2086
{
    status "trap 3: the error page is denied too" 403 /error $banned
    is "trap 3: so it is nginx's own" no "$(grep -q 'this is sorry' "$work/answer" && echo yes || echo no)"
    status "trap 3: with woapol off there it is shown" 403 /error-off $banned
    is "trap 3: it is the page" "this is sorry-off" "$(cat "$work/answer")"
    status "trap 3: a named location" 418 /error-named $banned
    status "trap 3: try_files ends where woapol is on" 403 /try $banned
}
status "trap 3: and passes whom it allows" 200 /try
status "trap 4: a mirror is not asked" 200 /mirrored
# shellcheck disable=SC2086
status "trap 4: the main request is" 403 /mirrored $banned
status "trap 4: a subrequest's access phase does not run" 200 /sub
