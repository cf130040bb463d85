# What nginx -t must refuse, and what it must say.
refused() {
    title=$1 pattern=$2
    configure "$work/refuse.conf"
    sed -i "s/@PORT@/$(free_port)/g" "$work/refuse.conf"
    if run_nginx -t -c "$work/refuse.conf" >"$work/refuse.log" 2>&1; then
        is "refuses $title" refused taken
    else
        is "refuses $title" said "$(grep -qE "$pattern" "$work/refuse.log" && echo said || cat "$work/refuse.log")"
    fi
}
with_image() {
    title=$1 pattern=$2
    shift 2
    printf '%s\n' "$@" | refused "$title" "$pattern"
}
on='server { listen 127.0.0.1:@PORT@; woapol on; }'
with_image "no image" 'need a "woapol_image"' "$on"
with_image "a missing image" 'none.wob" is refused: No such file' "woapol_image none.wob; $on"
with_image "a cut image" 'cut.wob" is refused: .*at byte' "woapol_image cut.wob; $on"
with_image "a damaged image" 'bad.wob" is refused: ' "woapol_image bad.wob; $on"
with_image "a folder" 'is refused: not a regular file' "woapol_image .; $on"
with_image "an unsigned image" 'one.wob" is refused: the signatures' \
    "woapol_key a.key.pub; woapol_image one.wob; $on"
with_image "an image signed by another key" 'is refused: the signatures' \
    "woapol_image signed.wob; woapol_key b.key.pub; $on"
with_image "one signature of two" 'is refused: the signatures' \
    "woapol_key a.key.pub b.key.pub; woapol_threshold 2; woapol_image signed.wob; $on"
with_image "a private key" 'not an Ed25519 public key' "woapol_key a.key; woapol_image signed.wob; $on"
with_image "a key given twice" 'given twice' "woapol_key a.key.pub a.key.pub; woapol_image signed.wob; $on"
with_image "a threshold above the keys" 'between 1 and the number of keys' \
    "woapol_key a.key.pub; woapol_threshold 2; woapol_image signed.wob; $on"
with_image "a threshold without keys" 'between 1 and the number of keys' "woapol_threshold 1; woapol_image one.wob; $on"
with_image "a mode that is none" 'invalid value "maybe"' "woapol_image one.wob; woapol maybe;"
with_image "a risk that is none" 'takes low, medium or high' "woapol_image one.wob; woapol_risk extreme; $on"
with_image "a flag that is none" 'take true or false' "woapol_image one.wob; woapol_managed maybe; $on"
with_image "an image given twice" 'duplicate' "woapol_image one.wob; woapol_image two.wob; $on"
with_image "looking without end" 'must be above 0' "woapol_poll 0; woapol_image one.wob; $on"

taken() {
    title=$1
    shift
    printf '%s\n' "$@" | configure "$work/refuse.conf"
    sed -i "s/@PORT@/$(free_port)/g" "$work/refuse.conf"
    is "takes $title" taken "$(run_nginx -t -c "$work/refuse.conf" >"$work/refuse.log" 2>&1 && echo taken || cat "$work/refuse.log")"
}
taken "a signed image" "woapol_image signed.wob; woapol_key a.key.pub; $on"
taken "any one of two keys" "woapol_image signed.wob; woapol_key b.key.pub a.key.pub; $on"
taken "two signatures of two" "woapol_key a.key.pub; woapol_key b.key.pub; woapol_threshold 2; woapol_image twice.wob; $on"
taken "satisfy any" "woapol_image one.wob; satisfy any; $on"
is "satisfy any: but warns" yes "$(grep -q 'another access check may let in' "$work/refuse.log" && echo yes || echo no)"
: >"$work/error.log"
