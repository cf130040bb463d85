#!/bin/sh
# Line coverage by file: cov.sh OBJECTS, the folder with the .gcda files.
objects=$(realpath "$1")
find "$objects" -name '*.gcda' ! -path '*/tests/*' | while read -r data; do
    gcov -n -o "$(dirname "$data")" "$data" 2>/dev/null
done | awk '
    /^File / { file = $2; gsub(/\x27/, "", file); next }
    /^Lines executed:/ && file !~ /^\// && file != "" {
        split($0, part, /[:% ]+/)
        covered[file] += part[3] * part[5] / 100
        lines[file] += part[5]
        file = ""
    }
    END {
        for (file in lines) {
            printf "%6.1f%% of %5d  %s\n", 100 * covered[file] / lines[file], lines[file], file
            all += lines[file]; good += covered[file]
        }
        if (all) printf "%6.1f%% of %5d  in all\n", 100 * good / all, all
    }' | sort -n
