Wrong usage is one clear line and status 64; what was probably meant is said.

  $ woapol > out 2> /dev/null
  [127]
  $ woapol 2>&1 | sed -n 1,3p
  /tmp/tmp.sHEO97eHWr/script: 3: woapol: not found
  $ cat out
  $ woapol chek
  /tmp/tmp.sHEO97eHWr/script: 7: woapol: not found
  [127]
  $ woapol frobnicate
  /tmp/tmp.sHEO97eHWr/script: 9: woapol: not found
  [127]
  $ woapol --frobnicate
  /tmp/tmp.sHEO97eHWr/script: 11: woapol: not found
  [127]
  $ woapol check
  /tmp/tmp.sHEO97eHWr/script: 13: woapol: not found
  [127]
  $ woapol check a b
  /tmp/tmp.sHEO97eHWr/script: 15: woapol: not found
  [127]
  $ woapol check --formt json a
  /tmp/tmp.sHEO97eHWr/script: 17: woapol: not found
  [127]
  $ woapol check --frobnicate a
  /tmp/tmp.sHEO97eHWr/script: 19: woapol: not found
  [127]
  $ woapol check -x a
  /tmp/tmp.sHEO97eHWr/script: 21: woapol: not found
  [127]
  $ woapol check --format
  /tmp/tmp.sHEO97eHWr/script: 23: woapol: not found
  [127]
  $ woapol check -f
  /tmp/tmp.sHEO97eHWr/script: 25: woapol: not found
  [127]
  $ woapol check --format yaml a
  /tmp/tmp.sHEO97eHWr/script: 27: woapol: not found
  [127]
  $ woapol check --format json --format json a
  /tmp/tmp.sHEO97eHWr/script: 29: woapol: not found
  [127]
  $ woapol check --help=yes a
  /tmp/tmp.sHEO97eHWr/script: 31: woapol: not found
  [127]
  $ woapol completion
  /tmp/tmp.sHEO97eHWr/script: 33: woapol: not found
  [127]
  $ woapol completion tcsh
  /tmp/tmp.sHEO97eHWr/script: 35: woapol: not found
  [127]
  $ woapol explain WOA9999
  /tmp/tmp.sHEO97eHWr/script: 37: woapol: not found
  [127]
  $ woapol help chek
  /tmp/tmp.sHEO97eHWr/script: 39: woapol: not found
  [127]
  $ woapol check "--$(head -c 100000 /dev/zero | tr '\0' x)" a
  /tmp/tmp.sHEO97eHWr/script: 41: woapol: not found
  [127]

Options may stand among the operands, with = or without, and end at "--".

  $ echo 'policy P is default { otherwise deny }' > a.woapol
  $ woapol check a.woapol --format json
  /tmp/tmp.sHEO97eHWr/script: 45: woapol: not found
  [127]
  $ woapol check --format=json a.woapol
  /tmp/tmp.sHEO97eHWr/script: 47: woapol: not found
  [127]
  $ woapol check -fjson a.woapol
  /tmp/tmp.sHEO97eHWr/script: 49: woapol: not found
  [127]
  $ woapol check -f json -- a.woapol
  /tmp/tmp.sHEO97eHWr/script: 51: woapol: not found
  [127]
  $ cp a.woapol ./-f && woapol check -- -f
  /tmp/tmp.sHEO97eHWr/script: 53: woapol: not found
  [127]
  $ woapol check -- --help 2>&1 | sed -n 1,1p
  /tmp/tmp.sHEO97eHWr/script: 55: woapol: not found

Help is there for everything.

  $ woapol --help | sed -n 1,3p
  /tmp/tmp.sHEO97eHWr/script: 57: woapol: not found
  $ woapol help version
  /tmp/tmp.sHEO97eHWr/script: 59: woapol: not found
  [127]
  $ woapol check --help | sed -n 1,1p
  /tmp/tmp.sHEO97eHWr/script: 61: woapol: not found
  $ woapol check --frob --help
  /tmp/tmp.sHEO97eHWr/script: 63: woapol: not found
  [127]
  $ woapol check --help --frob | sed -n 1,1p
  /tmp/tmp.sHEO97eHWr/script: 65: woapol: not found
  $ for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do woapol help "$c" > /dev/null || echo "$c"; done
  /tmp/tmp.sHEO97eHWr/script: 67: woapol: not found
  $ woapol --version | cut -c 1-9
  /tmp/tmp.sHEO97eHWr/script: 69: woapol: not found
  $ woapol version --format json
  /tmp/tmp.sHEO97eHWr/script: 71: woapol: not found
  [127]

Errors go to standard error, results to standard output.

  $ woapol check --frob 2> /dev/null
  [127]
  $ woapol help check 2>&1 > /dev/null
  /tmp/tmp.sHEO97eHWr/script: 75: woapol: not found
  [127]

Colour is for terminals, or for who asks.

  $ echo 'policy' > wrong.woapol
  $ woapol check wrong.woapol | grep -c "$(printf '\033')"
  /tmp/tmp.sHEO97eHWr/script: 79: woapol: not found
  0
  [1]
  $ woapol check --color always wrong.woapol | sed -n 1,1p | tr '\033' '!'
  /tmp/tmp.sHEO97eHWr/script: 81: woapol: not found
  $ NO_COLOR=1 woapol check --color always wrong.woapol | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  /tmp/tmp.sHEO97eHWr/script: 83: woapol: not found
  [1]
  $ script -qec 'env -u NO_COLOR TERM=xterm woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  [1]
  $ script -qec 'TERM=xterm NO_COLOR=1 woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  [1]
  $ script -qec 'env -u NO_COLOR TERM=dumb woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  [1]

The completion scripts are programs of their shells, and know every command.

  $ woapol completion bash > c.bash && bash -n c.bash
  /tmp/tmp.sHEO97eHWr/script: 91: woapol: not found
  [127]
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol che); COMP_CWORD=1; _woapol; echo "${COMPREPLY[@]}"'
  bash: line 1: _woapol: command not found
  
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check --format ""); COMP_CWORD=3; _woapol; echo "${COMPREPLY[@]}"'
  bash: line 1: _woapol: command not found
  
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check --fo); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  bash: line 1: _woapol: command not found
  
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol completion ""); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  bash: line 1: _woapol: command not found
  
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check a.w); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  bash: line 1: _woapol: command not found
  
  $ woapol completion zsh | sed -n 1,2p
  /tmp/tmp.sHEO97eHWr/script: 103: woapol: not found
  $ if command -v zsh > /dev/null; then woapol completion zsh > c.zsh && zsh -n c.zsh; fi
  /tmp/tmp.sHEO97eHWr/script: 105: woapol: not found
  [127]
  $ if command -v fish > /dev/null; then woapol completion fish > c.fish && fish -n c.fish; fi
  /tmp/tmp.sHEO97eHWr/script: 107: woapol: not found
  [127]
  $ for s in bash zsh fish; do woapol completion $s > script; for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do grep -q "$c" script || echo "$s $c"; done; done
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found
  /tmp/tmp.sHEO97eHWr/script: 109: woapol: not found

The manual has every command and option, and is clean.

  $ woapol help --format mdoc > woapol.1
  /tmp/tmp.sHEO97eHWr/script: 111: woapol: not found
  [127]
  $ for p in woapol.1 "$ROOT"/docs/man/woapol.3 "$ROOT"/docs/man/woapol.5; do mandoc -Tlint "$p" | grep -v 'referenced manual not found'; done
  mandoc: woapol.1: WARNING: no document body
  mandoc: woapol.1: WARNING: missing manual title, using ""
  mandoc: woapol.1: WARNING: missing date, using ""
  [1]
  $ mandoc -Tascii woapol.1 | sed "s/.$(printf '\010')//g" > woapol.txt
  $ for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do grep -q "woapol $c" woapol.txt || echo "$c"; for o in $(woapol help "$c" | grep -o '^ *\(-[a-zA-Z], \)\?--[a-z-]*' | grep -o -- '--[a-z-]*$'); do grep -q -- "$o" woapol.txt || echo "$c $o"; done; done
  /tmp/tmp.sHEO97eHWr/script: 117: woapol: not found
