Files and pipes that fail. What is written is whole or not there.

  $ cat > p.woapol <<X
  > group Staff
  > policy P is default { rule staff when group in Staff allow otherwise deny }
  > X
  $ woapol build p.woapol -o p.wob
  $ cp p.wob before.wob

A full disk: standard output, a device, and a file that may not grow.

  $ woapol help > /dev/full
  $ echo '{}' | woapol eval p.woapol > /dev/full
  $ woapol check --format json p.woapol > /dev/full
  $ woapol build p.woapol -o /dev/full
  $ (ulimit -f 1; trap '' XFSZ; woapol build p.woapol -o p.wob; echo "status $?") 2>&1 | cat
  $ (ulimit -f 1; woapol build p.woapol -o other.wob; echo "status $?") 2>&1 | cat
  $ cmp p.wob before.wob; ls -A

A closed pipe ends the run without a word on every line:

  $ yes '{"groups":["Staff"]}' | head -n 100000 | { woapol eval p.woapol 2>errors; echo $? > status; } | head -n 1
  $ cat status errors
  $ { woapol help >&-; } 2>&1
  $ woapol eval p.woapol <&-

Folders and missing folders:

  $ mkdir folder
  $ woapol build p.woapol -o folder
  $ woapol build p.woapol -o none/p.wob
  $ woapol build p.woapol -o p.woapol/p.wob
  $ woapol build p.woapol -o ''
  $ ls -A folder
  $ woapol eval p.woapol < folder

A build that fails leaves what was there:

  $ echo 'policy P is default { rule a when group in Nobody deny }' > wrong.woapol
  $ woapol build wrong.woapol -o p.wob > /dev/null 2>&1
  $ cmp p.wob before.wob
  $ woapol fmt wrong.woapol && echo 'network A = ' > half.woapol && cp half.woapol half.before
  $ woapol fmt half.woapol > /dev/null 2>&1
  $ cmp half.woapol half.before

A link stays a link, and what it leads to is replaced:

  $ mkdir images && cp p.woapol images/p.wob && ln -s images/p.wob link.wob
  $ woapol build p.woapol -o link.wob && test -L link.wob && cmp images/p.wob before.wob

Two runs at once write one whole file:

  $ for i in 1 2 3 4 5 6 7 8; do woapol build p.woapol -o same.wob & done; wait; cmp same.wob before.wob; ls -A | grep -c same
