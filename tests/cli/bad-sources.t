Sources that no compiler should have to see. Each gives an error that names the
place, status 3, and nothing half-written.

A character that has no place:

  $ printf 'network A = 10.0.0.0/8 ^ 3\n' > character.woapol
  $ woapol check character.woapol
  error[WOA1002]: '^' has no place here
   --> character.woapol:1:24
    |
  1 | network A = 10.0.0.0/8 ^ 3
    |                        ^
  
  1 error; 'woapol explain WOA1002' says more
  [3]

A string and a comment without their ends:

  $ printf 'policy P is default { otherwise deny "Use the\n}\n' > string.woapol
  $ woapol check string.woapol
  error[WOA1003]: this string has no closing quote on its line
   --> string.woapol:1:38
    |
  1 | policy P is default { otherwise deny "Use the
    |                                      ^^^^^^^^
  
  1 error; 'woapol explain WOA1003' says more
  [3]
  $ printf 'network A = 10.0.0.0/8\n/* and so on\n' > comment.woapol
  $ woapol check comment.woapol
  error[WOA1004]: this comment has no end
   --> comment.woapol:2:1
    |
  2 | /* and so on
    | ^^
    |
    = help: write '*/' where the comment ends
  
  1 error; 'woapol explain WOA1004' says more
  [3]

Brackets, `not` and conditions nested ten thousand deep:

  $ deep() { awk -v n=10000 -v l="$1" -v r="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", l; printf "managed"; for (i = 0; i < n; i++) printf "%s", r }'; }
  $ { printf 'policy P is default { rule a when '; deep '(' ')'; printf ' deny }\n'; } > deep.woapol
  $ woapol check deep.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1006]: brackets and 'not' are nested more than 200 
   --> deep.woapol:1:234
  $ woapol check deep.woapol > /dev/null 2>&1
  [3]
  $ { printf 'policy P is default { rule a when '; deep 'not ' ''; printf ' deny }\n'; } > not.woapol
  $ woapol check not.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1006]: brackets and 'not' are nested more than 200 
   --> not.woapol:1:831
  $ woapol check not.woapol > /dev/null 2>&1
  [3]
  $ { printf 'network N = '; deep '(' ')' | sed 's/managed/10.0.0.0\/8/'; printf '\n'; } > sets.woapol
  $ woapol check sets.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1006]: brackets and 'not' are nested more than 200 
   --> sets.woapol:1:213
  $ { printf 'network N = '; deep '(' '' | sed 's/managed/10.0.0.0\/8/'; } > unclosed.woapol
  $ woapol check unclosed.woapol > /dev/null 2>&1
  [3]
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "policy P%d is default { ", i }' > blocks.woapol
  $ woapol check blocks.woapol > /dev/null 2>&1
  [3]
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "kind k { a { " }' > attributes.woapol
  $ woapol check attributes.woapol > /dev/null 2>&1
  [3]

A definition that leads through ten thousand others, which is long but not wrong:

  $ awk 'BEGIN { print "network N0 = 10.0.0.0/8"; for (i = 1; i < 10000; i++) printf "network N%d = N%d + 11.0.%d.0/24\n", i, i - 1, i % 256; print "policy P is default { rule a when network in N9999 deny }" }' > long.woapol
  $ woapol build long.woapol -o long.wob
  $ awk 'BEGIN { for (i = 0; i < 10000; i++) printf "network N%d = N%d\n", i, (i + 1) % 10000 }' > circle.woapol
  $ woapol check circle.woapol 2>&1 | cut -c 1-60 | head -n 1
  error[WOA1013]: the network 'N0' leads back to itself

A name and a string of a million letters:

  $ { printf 'group '; head -c 1000000 /dev/zero | tr '\0' a; printf '\n'; } > name.woapol
  $ woapol check name.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1008]: a name of 1000000 bytes; names have at most 
   --> name.woapol:1:7
  $ { printf 'group G = "'; head -c 1000000 /dev/zero | tr '\0' a; printf '"\n'; } > text.woapol
  $ woapol check text.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1008]: a string of 1000000 bytes; strings have at m
   --> text.woapol:1:11
  $ { printf 'network A = '; head -c 1000000 /dev/zero | tr '\0' 1; printf '\n'; } > digits.woapol
  $ woapol check digits.woapol 2>&1 | cut -c 1-60 | head -n 2
  error[WOA1008]: a name of 1000000 bytes; names have at most 
   --> digits.woapol:1:13

NUL bytes, bytes that are not UTF-8, and a terminal's escape:

  $ printf 'group A\0\ngroup B\n' > nul.woapol
  $ woapol check nul.woapol
  error[WOA1002]: a NUL byte
   --> nul.woapol:1:8
    |
  1 | group A�
    |        ^
  
  1 error; 'woapol explain WOA1002' says more
  [3]
  $ printf 'group A\n\0\0\0\0' > nuls.woapol
  $ woapol check nuls.woapol > /dev/null 2>&1
  [3]
  $ printf 'group A = "\377\376"\n' > latin.woapol
  $ woapol check latin.woapol 2>&1 | head -n 1
  error[WOA1007]: byte 0xff is not UTF-8
  $ printf 'group \033[31mA\n' > escape.woapol
  $ woapol check escape.woapol 2>&1 | tr '\033' '!'
  error[WOA1002]: a control character (0x1b)
   --> escape.woapol:1:7
    |
  1 | group �[31mA
    |       ^
  
  error[WOA1023]: '31mA' is neither a number nor a name
   --> escape.woapol:1:9
    |
  1 | group �[31mA
    |         ^^^^
    |
    = help: durations are written like 30m, 8h or 90d; a name does not begin with a digit
  
  2 errors; 'woapol explain WOA1002' says more

An empty file is a policy that denies everything; a missing one, a folder and a
program are none:

  $ : > empty.woapol
  $ woapol check empty.woapol
  $ echo '{}' | woapol eval empty.woapol
  {"id":null,"effect":"deny","policy":null,"rule":null,"chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ woapol check none.woapol
  woapol check: cannot read none.woapol: No such file or directory
  [1]
  $ mkdir folder
  $ woapol check folder
  woapol check: cannot read folder: Is a directory
  [1]
  $ woapol check /dev/null
  $ woapol check /bin/sh > /dev/null 2>&1
  [3]
  $ woapol check ""
  woapol check: cannot read : No such file or directory
  [1]
  $ echo 'use "folder"' > imports.woapol
  $ woapol check imports.woapol
  error[WOA1014]: cannot read 'folder': Is a directory
   --> imports.woapol:1:5
    |
  1 | use "folder"
    |     ^^^^^^^^
  
  1 error; 'woapol explain WOA1014' says more
  [3]
  $ echo 'use "itself.woapol"' > itself.woapol
  $ woapol check itself.woapol
  warning[WOA1015]: the file uses itself
   --> itself.woapol:1:1
    |
  1 | use "itself.woapol"
    | ^^^^^^^^^^^^^^^^^^^
  help: remove it (safe)
    |
  1 - use "itself.woapol"
  
  1 warning; 'woapol explain WOA1015' says more
  $ ln -s loop.woapol loop.woapol
  $ woapol check loop.woapol
  woapol check: cannot read loop.woapol: Too many levels of symbolic links
  [1]

Nothing of all this was written:

  $ for f in *.woapol; do woapol build "$f" -o "$f.wob" > /dev/null 2>&1 || ls -a | grep -F "$f.wob"; done; ls *.wob
  empty.woapol.wob
  itself.woapol.wob
  long.woapol.wob
  long.wob
