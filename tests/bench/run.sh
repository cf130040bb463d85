#!/bin/sh
# Runs benchmarks and writes FOLDER/results.json, table.txt and plot.svg:
#   run.sh FOLDER TOOL PROGRAM...
folder=$1 tool=$2
shift 2
here=$(dirname "$0")
mkdir -p "$folder"
status=0
: >"$folder/records"
for program in "$@"; do
    echo "running ${program##*/}" >&2
    "$program" "$tool" >>"$folder/records" || { status=1; echo "${program##*/} failed" >&2; }
done
awk 'BEGIN { print "[" } { printf "%s%s", (NR > 1 ? ",\n" : ""), $0 } END { print "\n]" }' \
    "$folder/records" >"$folder/results.json.new" && mv "$folder/results.json.new" "$folder/results.json"
awk -f "$here/report.awk" -v svg="$folder/plot.svg" "$folder/records" | tee "$folder/table.txt"
rm -f "$folder/records"
echo "$folder/results.json, $folder/plot.svg"
exit $status
