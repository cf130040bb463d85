#!/bin/sh
# The style's limits that a machine can check (docs/style.md): includes, lengths,
# headers that compile alone, format. lint.sh CC. Prints every breach, exits 1
# when there is one.
set -u
cc=${1:-gcc}
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
breaches=$work/breaches
: >"$breaches"

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -co --exclude-standard | grep -v ' ' >"$work/files"
else
    find . -path ./build -prune -o -type f -print | sed 's|^\./||' >"$work/files"
fi
while read -r file; do [ -f "$file" ] && echo "$file"; done <"$work/files" >"$work/present"
sources=$(grep '\.[ch]$' "$work/present")
headers=$(grep '\.h$' "$work/present" | grep -v '^runtime/modules/')

# Lines of the C sources whose path fits $1 and which fit $2.
find_lines() {
    # shellcheck disable=SC2046
    grep -nE "$2" /dev/null $(echo "$sources" | grep -E "$1")
}

# Includes: never upwards, never round the dependencies.
{
    find_lines . '#include *"[^"]*\.\./'
    find_lines '^runtime/' '#include *"(compiler|lang)/'
    find_lines '^lang/' '#include *"(compiler|runtime)/'
    find_lines '^compiler/[^/]*$' '#include *"(compiler/)?(analysis|emit|cli|lsp)/'
    find_lines '^compiler/(analysis|emit|check|decide|serve)/' '#include *"(compiler/)?(cli|lsp)/'
    # A second opinion shares nothing with the first but arenas, and how libraries are loaded.
    find_lines '^compiler/sandbox/' '#include *"(compiler/([^s]|s[^a])|runtime/|woapol|lang/([^a]|a[^r]))' |
        grep -v '"compiler/library\.h"'
    find_lines '^compiler/([^/]*$|analysis|emit|check|decide|serve)' '#include *"runtime/' |
        grep -vE 'runtime/(format|hash|lookup|opcodes|view)\.(h|def)'
} | sed 's/$/: this include is not allowed here/' >>"$breaches"

# Only the command line prints or exits.
find_lines '^(lang|runtime/[^/]*$|compiler/([^/]*$|analysis|emit|check|decide|serve|sandbox)).*' \
    '(^|[^a-z_>.])(printf|puts|putchar|exit|perror) ?\(' |
    grep -E '^[^:]*\.c:' | grep -vE '^[^:]*:[0-9]*: *(/?\*|//)' |
    sed 's/$/: a library neither prints nor exits/' >>"$breaches"

# What is unfinished says so in an issue, not in the source.
mark='TO''DO|FIX''ME|(^|[^X])X''XX([^X]|$)|place''holder|not (yet )?imple''mented'
grep -E '\.(c|h|l|y|sh|mk|def|cpp|woapol)$|^Makefile$' "$work/present" | xargs grep -nE "$mark" /dev/null |
    sed 's/$/: unfinished/' >>"$breaches"

# Lengths of files and functions.
length() {
    grep -E "$1" "$work/present" | while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le "$2" ] || echo "$file: $lines lines, at most $2 are allowed"
    done >>"$breaches"
}
length '\.(c|cpp)$' 600
length '\.y$' 800
length '\.l$' 350
length '(^|/)(lang|compiler)/.*\.h$' 350
length '^(Makefile|.*\.mk)$' 250
# A function's name stands at column 0, so its body runs from "{" to "}" there.
# shellcheck disable=SC2086
awk 'FNR == 1 { start = 0 }
    /^[a-z_A-Z][a-zA-Z_0-9]*\(/ { name = $1; sub(/\(.*/, "", name) }
    /^\{/ { start = FNR }
    /^\}/ { if (start && name != "" && name != "Test" && FNR - start - 1 > 60 && !exempt)
                printf "%s:%d: %s has %d lines, at most 60 are allowed\n", FILENAME, start, name, FNR - start - 1
            start = 0; name = ""; exempt = 0 }
    /NOLINT\(readability-function-size\)/ { exempt = 1 }' $sources >>"$breaches"

# Every header compiles alone.
for header in $headers; do
    # What bison and flex write is not here to be included.
    grep -qE '#include "(grammar|lexer)\.h"' "$header" && continue
    case $header in
    lang/*) include='-iquote lang' ;;
    runtime/*) include='-iquote runtime -iquote runtime/include' ;;
    *) include='-iquote . -iquote runtime/include -iquote lang -iquote tests -I runtime/include -isystem /usr/include/libxml2 -isystem /usr/include/xmlsec1 -DXMLSEC_NO_SIZE_T -DXMLSEC_CRYPTO_OPENSSL -DXMLSEC_NO_CRYPTO_DYNAMIC_LOADING' ;;
    esac
    # shellcheck disable=SC2086
    echo "#include \"${header#lang/}\"" | sed 's|"runtime/include/|"|; s|"runtime/|"|' |
        $cc -std=c11 -D_GNU_SOURCE $include -fsyntax-only -x c - >"$work/alone" 2>&1 || {
        echo "$header: does not compile alone"
        head -n 3 "$work/alone"
    }
done >>"$breaches"

# The documents' links lead somewhere.
grep '\.md$' "$work/present" | while read -r file; do
    grep -oE '\]\([^)#:]+[#)]' "$file" | sed 's/^](//; s/[#)]$//' | while read -r target; do
        [ -e "$(dirname "$file")/$target" ] || echo "$file: the link to $target leads nowhere"
    done
done >>"$breaches"

if command -v clang-format >/dev/null; then
    # shellcheck disable=SC2086
    clang-format --dry-run $sources 2>&1 | grep 'warning:' >>"$breaches"
else
    echo "lint: no clang-format here; the format is not checked"
fi

cat "$breaches"
count=$(grep -c . "$breaches")
echo "lint: $(echo "$sources" | wc -l) C files, $count breaches"
[ "$count" = 0 ]
