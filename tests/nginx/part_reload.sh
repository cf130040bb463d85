# A new image comes into use by itself; one that is no good does not.
publish "$work/twice.wob"
configure "$work/reload.conf" <<X
    woapol_image live.wob;
    woapol_key a.key.pub;
    woapol_poll 100ms;
    server {
        listen 127.0.0.1:@PORT@;
        $facts
        woapol on;
        root $work/html;
        add_header X-Generation \$woapol_generation always;
        add_header X-Rule \$woapol_rule always;
    }
X
echo variables >"$work/html/variables"
for number in 5 6 7; do
    make_image "$work/signed$number.wob" "gen$number" $number --sign "$work/a.key"
done
head -c 1000 "$work/signed6.wob" >"$work/cut6.wob"
{ head -c 2000 "$work/signed6.wob"; printf 'XX'; tail -c +2003 "$work/signed6.wob"; } >"$work/bad6.wob"
start "$work/reload.conf" || is "reload: starts" yes no
is "the first image" 1 "$(generation_now)"
publish "$work/signed5.wob"
is "a newer image comes into use without a reload" 5 "$(until_is 5 generation_now)"
is "its rules decide" gen5 "$(header X-Rule)"
logs "that is logged" 'live.wob": generation 5 is in use'
count=0
for image in cut6 bad6 signed one; do
    publish "$work/$image.wob"
    count=$((count + 1))
    is "$image.wob is refused" $count "$(until_is $count refusals)"
    is "$image.wob: the last good one stays" 5 "$(generation_now)"
    status "$image.wob: requests are decided" 200 /page
done
rm "$work/live.wob"
is "a missing file is noticed" 5 "$(until_is 5 refusals)"
status "a missing file: the last good one stays" 200 /page
logs "the reasons are logged: cut" 'is refused, the one before stays in use: .*at byte'
logs "the reasons are logged: older" 'an older generation than the one in use'
logs "the reasons are logged: unsigned" 'the signatures are not acceptable'
logs "the reasons are logged: missing" 'No such file or directory'
publish "$work/signed6.wob"
is "what comes after that is taken" 6 "$(until_is 6 generation_now)"
# Into the file itself, not by rename: nothing of it is in use.
cat "$work/cut6.wob" >"$work/live.wob"
is "a file that is written over is refused" 6 "$(until_is 6 refusals)"
status "a file that is written over harms nobody" 200 /page
publish "$work/signed7.wob"
is "and mended" 7 "$(until_is 7 generation_now)"

has_successor() {
    now=$(worker_pid)
    [ -n "$now" ] && [ "$now" != "$killed" ] && echo yes
}
# These two are meant to be alarming.
expected_alarms='exited on signal 9|live.wob" is refused'
# A worker that is started later must not go back to the image of the start.
killed=$(worker_pid)
kill -KILL "$killed"
is "a worker that is killed has a successor" yes "$(until_is yes has_successor)"
is "a new worker begins with the newest image" 7 "$(until_is 7 generation_now)"

# With a bad image a reload of nginx is refused, and the old workers go on.
publish "$work/bad6.wob"
kill -HUP "$master_pid"
logs_soon "nginx's own reload with a bad image is refused" 'emerg.*live.wob" is refused'
status "and the old workers go on" 200 /page
publish "$work/signed7.wob"
