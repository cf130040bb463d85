Sources that no compiler should have to see. Each gives an error that names the
place, status 3, and nothing half-written.

A character that has no place:

  $ printf 'network A = 10.0.0.0/8 ^ 3\n' > character.woapol
  $ woapol check character.woapol

A string and a comment without their ends:

  $ printf 'policy P is default { otherwise deny "Use the\n}\n' > string.woapol
  $ woapol check string.woapol
  $ printf 'network A = 10.0.0.0/8\n/* and so on\n' > comment.woapol
  $ woapol check comment.woapol

Brackets, `not` and conditions nested ten thousand deep:

  $ deep() { awk -v n=10000 -v l="$1" -v r="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", l; printf "managed"; for (i = 0; i < n; i++) printf "%s", r }'; }
  $ { printf 'policy P is default { rule a when '; deep '(' ')'; printf ' deny }\n'; } > deep.woapol
  $ woapol check deep.woapol 2>&1 | cut -c 1-60 | head -n 2
  $ woapol check deep.woapol > /dev/null 2>&1
  $ { printf 'policy P is default { rule a when '; deep 'not ' ''; printf ' deny }\n'; } > not.woapol
  $ woapol check not.woapol 2>&1 | cut -c 1-60 | head -n 2
  $ woapol check not.woapol > /dev/null 2>&1
  $ { printf 'network N = '; deep '(' ')' | sed 's/managed/10.0.0.0\/8/'; printf '\n'; } > sets.woapol
  $ woapol check sets.woapol 2>&1 | cut -c 1-60 | head -n 2
  $ { printf 'network N = '; deep '(' '' | sed 's/managed/10.0.0.0\/8/'; } > unclosed.woapol
  $ woapol check unclosed.woapol > /dev/null 2>&1
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "policy P%d is default { ", i }' > blocks.woapol
  $ woapol check blocks.woapol > /dev/null 2>&1
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "kind k { a { " }' > attributes.woapol
  $ woapol check attributes.woapol > /dev/null 2>&1

A definition that leads through ten thousand others, which is long but not wrong:

  $ awk 'BEGIN { print "network N0 = 10.0.0.0/8"; for (i = 1; i < 10000; i++) printf "network N%d = N%d + 11.0.%d.0/24\n", i, i - 1, i % 256; print "policy P is default { rule a when network in N9999 deny }" }' > long.woapol
  $ woapol build long.woapol -o long.wob
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "network N%d = N%d\n", i, (i + 1) % 10000 }' > circle.woapol
  $ woapol check circle.woapol 2>&1 | cut -c 1-60 | head -n 1

A name and a string of a million letters:

  $ { printf 'group '; head -c 1000000 /dev/zero | tr '\0' a; printf '\n'; } > name.woapol
  $ woapol check name.woapol 2>&1 | cut -c 1-60 | head -n 2
  $ { printf 'group G = "'; head -c 1000000 /dev/zero | tr '\0' a; printf '"\n'; } > text.woapol
  $ woapol check text.woapol 2>&1 | cut -c 1-60 | head -n 2
  $ { printf 'network A = '; head -c 1000000 /dev/zero | tr '\0' 1; printf '\n'; } > digits.woapol
  $ woapol check digits.woapol 2>&1 | cut -c 1-60 | head -n 2

NUL bytes, bytes that are not UTF-8, and a terminal's escape:

  $ printf 'group A\0\ngroup B\n' > nul.woapol
  $ woapol check nul.woapol
  $ printf 'group A\n\0\0\0\0' > nuls.woapol
  $ woapol check nuls.woapol > /dev/null 2>&1
  $ printf 'group A = "\377\376"\n' > latin.woapol
  $ woapol check latin.woapol 2>&1 | head -n 1
  $ printf 'group \033[31mA\n' > escape.woapol
  $ woapol check escape.woapol 2>&1 | tr '\033' '!'

An empty file is a policy that denies everything; a missing one, a folder and a
program are none:

  $ : > empty.woapol
  $ woapol check empty.woapol
  $ echo '{}' | woapol eval empty.woapol
  $ woapol check none.woapol
  $ mkdir folder
  $ woapol check folder
  $ woapol check /dev/null
  $ woapol check /bin/sh > /dev/null 2>&1
  $ woapol check ""
  $ echo 'use "folder"' > imports.woapol
  $ woapol check imports.woapol
  $ echo 'use "itself.woapol"' > itself.woapol
  $ woapol check itself.woapol
  $ ln -s loop.woapol loop.woapol
  $ woapol check loop.woapol

Nothing of all this was written:

  $ for f in *.woapol; do woapol build "$f" -o "$f.wob" > /dev/null 2>&1 || ls -a | grep -F "$f.wob"; done; ls *.wob
