# Reloads, of images and of nginx, while requests pass.
SWAPS=${SWAPS:-1000}
publish "$work/one.wob"
configure "$work/load.conf" <<X
    woapol_image live.wob;
    woapol_poll 5ms;
    server {
        listen 127.0.0.1:@PORT@;
        $facts
        woapol on;
        root $work/html;
        add_header X-Rule \$woapol_rule always;
    }
X
sed 's/"Not from there"/"Still not from there"/; s/MARK/second/' "$here/policy.woapol" >"$work/source.woapol"
"$woapol" build "$work/source.woapol" -o "$work/one-b.wob" -g 1
start "$work/load.conf" || is "load: starts" yes no
swaps() {
    grep -c 'is in use' "$work/error.log"
}
worker=$(worker_pid)
if command -v wrk >/dev/null; then
    wrk -t1 -c8 -d3600 --timeout 180s -H 'X-Groups: Staff, "Sales, EMEA"' "http://127.0.0.1:$port/page" >"$work/wrk.log" 2>&1 &
    load=$!
fi
end=$(($(date +%s) + 1800)) # of which a few seconds are needed
while [ "$(swaps)" -lt "$SWAPS" ] && [ "$(date +%s)" -lt $end ]; do
    for again in 1 2 3 4 5 6 7 8 9 10; do
        publish "$work/one-b.wob"
        sleep 0.006
        publish "$work/one.wob"
        sleep 0.006
    done
    # When the first tenth has been loaded, memory has reached its level.
    if [ -z "${level-}" ] && [ "$(swaps)" -ge $((SWAPS / 10)) ]; then level=$(memory_of "$worker"); fi
done
is "images are swapped under load: $SWAPS times" yes "$([ "$(swaps)" -ge "$SWAPS" ] && echo yes || swaps)"
now=$(memory_of "$worker")
is "no image is refused" 0 "$(refusals)"
is "memory is flat: at most 512 kB more than after a tenth" yes \
    "$([ "$now" -le $((level + 512)) ] && echo yes || echo "$level kB, then $now kB")"
if command -v wrk >/dev/null; then
    kill -INT $load
    wait $load
    is "requests were answered all the time" yes \
        "$(awk '/requests in/ { print ($1 > 1000 ? "yes" : $0) }' "$work/wrk.log")"
    is "no request failed" '' "$(grep -E 'Non-2xx|Socket errors' "$work/wrk.log")"
else
    echo "ok - nginx requests under load # SKIP there is no wrk" >>"$TAP"
fi

# Thirty reloads of nginx itself.
for number in $(seq 30); do
    if [ "$number" = 6 ]; then level=$(memory_of "$master_pid"); fi
    before=$(worker_pid)
    kill -HUP "$master_pid"
    for again in $(seq 3600); do
        kill -0 "$before" 2>/dev/null || break
        sleep 0.05
    done
done
now=$(memory_of "$master_pid")
is "30 reloads of nginx: at most 256 kB more than after five" yes \
    "$([ "$now" -le $((level + 256)) ] && echo yes || echo "$level kB, then $now kB")"
status "30 reloads of nginx: it answers" 200 /page
