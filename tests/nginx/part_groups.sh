# Lists of groups; people bound and kept.
publish "$work/one.wob"
configure "$work/groups.conf" <<X
    woapol_image live.wob;
    server {
        listen 127.0.0.1:@PORT@;
        $facts
        woapol on;
        root $work/html;
    }
X
start "$work/groups.conf" || is "groups: starts" yes no
in_wiki() {
    title=$1 wanted=$2 list=$3
    status "$title" "$wanted" /page -H 'X-App: Wiki' -H "X-Groups: $list"
}
in_wiki "no group" 403 ''
in_wiki "one group" 200 'All Staff@corp.example'
in_wiki "blanks around names" 200 'a ,  All Staff@corp.example	, b'
in_wiki "empty names" 200 ',, ,All Staff@corp.example,'
in_wiki "a name with a comma, quoted" 200 'x, "Sales, EMEA" ,y'
in_wiki "the same, not quoted, is two other groups" 403 'Sales, EMEA'
in_wiki "quotes in a quoted name" 200 '"The ""A"" team"'
in_wiki "quotes in a plain name" 200 'The "A" team'
in_wiki "a quoted plain name" 200 '"All Staff@corp.example"'
in_wiki "a quote that does not end" 403 'All Staff@corp.example, "Sales, EMEA'
in_wiki "something behind a quote" 403 '"All Staff@corp.example"x'
in_wiki "the deny of a group comes first" 403 'All Staff@corp.example, Leavers'
many=$(seq -s, 1000 1200)
in_wiki "more than fit in the cache's key" 200 "$many,All Staff@corp.example"
in_wiki "the same, without the group" 403 "$many"
wrong=0
for round in 1 2 3; do
    for person in $(seq 100); do
        expected=403 groups="team$person"
        if [ $((person % 3)) = 0 ]; then expected=200 groups="team$person,All Staff@corp.example"; fi
        [ "$person" = 1 ] || echo next
        echo "url = \"http://127.0.0.1:$port/page\"
header = \"X-App: Wiki\"
header = \"X-Groups: $groups\"
output = /dev/null
write-out = \"%{http_code} $expected\\n\""
    done >"$work/people"
    curl -s -K "$work/people" >"$work/answers"
    wrong=$((wrong + $(awk '$1 != $2' "$work/answers" | wc -l)))
    is "people of round $round are all answered" 100 "$(wc -l <"$work/answers")"
done
is "a hundred people share sixty-four places without being mixed up" 0 "$wrong"
