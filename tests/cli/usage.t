Wrong usage is one clear line and status 64; what was probably meant is said.

  $ woapol > out 2> /dev/null
  [64]
  $ woapol 2>&1 | sed -n 1,3p
  woapol: sign-in policies as code for Workspace ONE Access and Okta.
  
  Usage: woapol COMMAND [OPTION...] [OPERAND...]
  $ cat out
  $ woapol chek
  woapol: there is no command 'chek'; did you mean 'check'? (see 'woapol help')
  [64]
  $ woapol frobnicate
  woapol: there is no command 'frobnicate' (see 'woapol help')
  [64]
  $ woapol --frobnicate
  woapol: there is no option '--frobnicate' (see 'woapol help')
  [64]
  $ woapol check
  woapol check: FILE is missing (see 'woapol help check')
  [64]
  $ woapol check a b
  woapol check: 'b' is one operand too many (see 'woapol help check')
  [64]
  $ woapol check --formt json a
  woapol check: there is no option '--formt'; did you mean '--format'? (see 'woapol help check')
  [64]
  $ woapol check --frobnicate a
  woapol check: there is no option '--frobnicate' (see 'woapol help check')
  [64]
  $ woapol check -x a
  woapol check: there is no option '-x' (see 'woapol help check')
  [64]
  $ woapol check --format
  woapol check: option '--format' wants human|json|sarif after it (see 'woapol help check')
  [64]
  $ woapol check -f
  woapol check: option '-f' wants human|json|sarif after it (see 'woapol help check')
  [64]
  $ woapol check --format yaml a
  woapol check: option '--format' wants human|json|sarif, not 'yaml' (see 'woapol help check')
  [64]
  $ woapol check --format json --format json a
  woapol check: option '--format' is given twice (see 'woapol help check')
  [64]
  $ woapol check --help=yes a
  woapol check: option '--help' takes no argument (see 'woapol help check')
  [64]
  $ woapol completion
  woapol completion: bash|zsh|fish is missing (see 'woapol help completion')
  [64]
  $ woapol completion tcsh
  woapol completion: wants bash|zsh|fish, not 'tcsh' (see 'woapol help completion')
  [64]
  $ woapol explain WOA9999
  woapol explain: there is no code 'WOA9999'; 'woapol explain all' lists them (see 'woapol help explain')
  [64]
  $ woapol help chek
  woapol help: there is no command 'chek' (see 'woapol help help')
  [64]
  $ woapol check "--$(head -c 100000 /dev/zero | tr '\0' x)" a
  woapol check: there is no option '--xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' (see 'woapol help check')
  [64]

Options may stand among the operands, with = or without, and end at "--".

  $ echo 'policy P is default { otherwise deny }' > a.woapol
  $ woapol check a.woapol --format json
  {
    "findings": []
  }
  $ woapol check --format=json a.woapol
  {
    "findings": []
  }
  $ woapol check -fjson a.woapol
  {
    "findings": []
  }
  $ woapol check -f json -- a.woapol
  {
    "findings": []
  }
  $ cp a.woapol ./-f && woapol check -- -f
  $ woapol check -- --help 2>&1 | sed -n 1,1p
  woapol check: cannot read --help: No such file or directory

Help is there for everything.

  $ woapol --help | sed -n 1,3p
  woapol: sign-in policies as code for Workspace ONE Access and Okta.
  
  Usage: woapol COMMAND [OPTION...] [OPERAND...]
  $ woapol help version
  Print the version.
  
  Usage: woapol version [OPTION...]
  
  Prints the version of woapol and of the libraries that it was built with.
  
  Options:
    -f, --format human|json   how to write it; human unless said
    -h, --help                say how the command is used
        --color always|never|auto
                              colour messages; auto asks the terminal
  
  Examples:
    woapol version
  $ woapol check --help | sed -n 1,1p
  Check a policy and say all that is wrong with it.
  $ woapol check --frob --help
  woapol check: there is no option '--frob' (see 'woapol help check')
  [64]
  $ woapol check --help --frob | sed -n 1,1p
  Check a policy and say all that is wrong with it.
  $ for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do woapol help "$c" > /dev/null || echo "$c"; done
  $ woapol --version | cut -c 1-9
  woapol 0.
  $ woapol version --format json
  {"version":"0.1"}

Errors go to standard error, results to standard output.

  $ woapol check --frob 2> /dev/null
  [64]
  $ woapol help check 2>&1 > /dev/null

Colour is for terminals, or for who asks.

  $ echo 'policy' > wrong.woapol
  $ woapol check wrong.woapol | grep -c "$(printf '\033')"
  0
  [1]
  $ woapol check --color always wrong.woapol | sed -n 1,1p | tr '\033' '!'
  ![1;31merror[WOA1001]![0m![1m: ![0m![1mexpected a name after 'policy', found the end of the file![0m
  $ NO_COLOR=1 woapol check --color always wrong.woapol | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  $ script -qec 'env -u NO_COLOR TERM=xterm woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  $ script -qec 'TERM=xterm NO_COLOR=1 woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  [1]
  $ script -qec 'env -u NO_COLOR TERM=dumb woapol check wrong.woapol' /dev/null | grep -c "$(printf '\033')" > lines; test "$(cat lines)" != 0
  [1]

The completion scripts are programs of their shells, and know every command.

  $ woapol completion bash > c.bash && bash -n c.bash
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol che); COMP_CWORD=1; _woapol; echo "${COMPREPLY[@]}"'
  check
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check --format ""); COMP_CWORD=3; _woapol; echo "${COMPREPLY[@]}"'
  human json sarif
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check --fo); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  --format
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol completion ""); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  bash zsh fish
  $ bash -c '. ./c.bash; COMP_WORDS=(woapol check a.w); COMP_CWORD=2; _woapol; echo "${COMPREPLY[@]}"'
  a.woapol
  $ woapol completion zsh | sed -n 1,2p
  #compdef woapol
  _woapol() {
  $ if command -v zsh > /dev/null; then woapol completion zsh > c.zsh && zsh -n c.zsh; fi
  $ if command -v fish > /dev/null; then woapol completion fish > c.fish && fish -n c.fish; fi
  $ for s in bash zsh fish; do woapol completion $s > script; for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do grep -q "$c" script || echo "$s $c"; done; done

The manual has every command and option, and is clean.

  $ woapol help --format mdoc > woapol.1
  $ for p in woapol.1 "$ROOT"/docs/man/woapol.3 "$ROOT"/docs/man/woapol.5; do mandoc -Tlint "$p" | grep -v 'referenced manual not found'; done
  [1]
  $ mandoc -Tascii woapol.1 | sed "s/.$(printf '\010')//g" > woapol.txt
  $ for c in $(woapol help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do grep -q "woapol $c" woapol.txt || echo "$c"; for o in $(woapol help "$c" | grep -o '^ *\(-[a-zA-Z], \)\?--[a-z-]*' | grep -o -- '--[a-z-]*$'); do grep -q -- "$o" woapol.txt || echo "$c $o"; done; done
