Files and pipes that fail. What is written is whole or not there.

  $ cat > p.woapol <<X
  > group Staff
  > policy P is default { rule staff when group in Staff allow otherwise deny }
  > X
  $ woapol build p.woapol -o p.wob
  $ cp p.wob before.wob

A full disk: standard output, a device, and a file that may not grow.

  $ woapol help > /dev/full
  woapol: cannot write the output: No space left on device
  [1]
  $ echo '{}' | woapol eval p.woapol > /dev/full
  woapol eval: standard output: No space left on device
  [1]
  $ woapol check --format json p.woapol > /dev/full
  woapol: cannot write the output: No space left on device
  [1]
  $ woapol build p.woapol -o /dev/full
  woapol build: cannot write /dev/full: No space left on device
  [1]
  $ (ulimit -f 1; trap '' XFSZ; woapol build p.woapol -o p.wob; echo "status $?") 2>&1 | cat
  woapol build: cannot write p.wob: File too large
  status 1
  $ (ulimit -f 1; woapol build p.woapol -o other.wob; echo "status $?") 2>&1 | cat
  woapol build: cannot write other.wob: File too large
  status 1
  $ cmp p.wob before.wob; ls -A
  before.wob
  p.woapol
  p.wob

A closed pipe ends the run without a word on every line:

  $ yes '{"groups":["Staff"]}' | head -n 100000 | { woapol eval p.woapol 2>errors; echo $? > status; } | head -n 1
  {"id":null,"effect":"allow","policy":"P","rule":"staff","chain":null,"reauth_s":null,"message":null,"report":[],"reason":null}
  $ cat status errors
  1
  woapol eval: standard output: Broken pipe
  $ { woapol help >&-; } 2>&1
  woapol: cannot write the output: Bad file descriptor
  [1]
  $ woapol eval p.woapol <&-
  woapol eval: standard input: Bad file descriptor
  [1]

Folders and missing folders:

  $ mkdir folder
  $ woapol build p.woapol -o folder
  woapol build: cannot write folder: Is a directory
  [1]
  $ woapol build p.woapol -o none/p.wob
  woapol build: cannot write none/p.wob: No such file or directory
  [1]
  $ woapol build p.woapol -o p.woapol/p.wob
  woapol build: cannot write p.woapol/p.wob: Not a directory
  [1]
  $ woapol build p.woapol -o ''
  woapol build: cannot write : No such file or directory
  [1]
  $ ls -A folder
  $ woapol eval p.woapol < folder
  woapol eval: standard input: Is a directory
  [1]

A build that fails leaves what was there:

  $ echo 'policy P is default { rule a when group in Nobody deny }' > wrong.woapol
  $ woapol build wrong.woapol -o p.wob > /dev/null 2>&1
  [3]
  $ cmp p.wob before.wob
  $ woapol fmt wrong.woapol && echo 'network A = ' > half.woapol && cp half.woapol half.before
  $ woapol fmt half.woapol > /dev/null 2>&1
  [3]
  $ cmp half.woapol half.before

A link stays a link, and what it leads to is replaced:

  $ mkdir images && cp p.woapol images/p.wob && ln -s images/p.wob link.wob
  $ woapol build p.woapol -o link.wob && test -L link.wob && cmp images/p.wob before.wob

Two runs at once write one whole file:

  $ for i in 1 2 3 4 5 6 7 8; do woapol build p.woapol -o same.wob & done; wait; cmp same.wob before.wob; ls -A | grep -c same
  1
