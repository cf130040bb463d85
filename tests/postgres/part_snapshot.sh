# Two sessions, one that stores and one that decides. Sourced by run.sh.
ask="SELECT coalesce(woapol_effect('work', '203.0.113.9', groups => '{Contractors}'), '?');"
coproc session { sql one 2>&1; }
session_is=$session_PID
say() {
    echo "$1" >&"${session[1]}"
    read -r -t 20 answer <&"${session[0]}"
    echo "$answer"
}
is "a session: the newest" allow "$(say "$ask")"
echo "BEGIN ISOLATION LEVEL REPEATABLE READ;" >&"${session[1]}"
is "a transaction: the newest" allow "$(say "$ask")"
sql one -c "UPDATE woapol.policy SET active = false WHERE name = 'work' AND version = 2" 2>&1
is "a transaction keeps its version" allow "$(say "$ask")"
echo "COMMIT;" >&"${session[1]}"
is "the next one does not" deny "$(say "$ask")"
sql one -c "DELETE FROM woapol.policy WHERE name = 'work' AND version = 2" 2>&1
is "what is deleted is not meant" deny "$(say "$ask")"
{ image_sql work 3 "$work/two.wob"; } | sql one -f - 2>&1
is "what is stored is" allow "$(say "$ask")"
echo "\\q" >&"${session[1]}"
wait "$session_is" 2>/dev/null

# Many ask while versions come and go: each answer is one of the two.
for worker in 1 2 3; do
    for _ in $(seq 40); do echo "$ask"; done | sql one >"$work/asked.$worker" 2>&1 &
done
for number in $(seq 4 23); do
    { image_sql work "$number" "$work/$([ $((number % 2)) = 0 ] && echo one || echo two).wob"
      echo "DELETE FROM woapol.policy WHERE name = 'work' AND version > 3 AND version < $number;"; } | sql one -f - 2>&1
done
wait $(jobs -p) 2>/dev/null
is "answers while versions change" "120 " "$(cat "$work"/asked.* | grep -cE '^(allow|deny)$') $(cat "$work"/asked.* | grep -vE '^(allow|deny)$' | head -n 1)"
sql one -c "DELETE FROM woapol.policy WHERE name = 'work' AND version > 2" 2>&1
{ image_sql work 2 "$work/two.wob"; } | sql one -f - 2>&1
