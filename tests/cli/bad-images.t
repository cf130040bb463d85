Images that are none. Each command refuses them with a reason.

  $ cat > p.woapol <<X
  > group Staff
  > policy P is default { rule staff when group in Staff allow otherwise deny }
  > X
  $ woapol build p.woapol -o p.wob
  $ size=$(wc -c < p.wob)
  $ head -c 10 p.wob > short.wob
  $ woapol verify short.wob
  woapol verify: short.wob: the image is cut off, or bytes were added: the header is cut off, at byte 10
  [1]
  $ head -c $((size - 1)) p.wob > cut.wob
  $ woapol verify cut.wob
  woapol verify: cut.wob: the image is cut off, or bytes were added: its length is not the one that it says, at byte 16
  [1]
  $ woapol inspect cut.wob
  woapol inspect: cut.wob: the image is cut off, or bytes were added: its length is not the one that it says, at byte 16
  [1]
  $ woapol disasm cut.wob
  woapol disasm: cut.wob: the image is cut off, or bytes were added: its length is not the one that it says, at byte 16
  [1]
  $ echo '{}' | woapol eval cut.wob
  woapol eval: cut.wob: the image is cut off, or bytes were added: its length is not the one that it says, at byte 16
  [1]
  $ { cat p.wob; printf x; } > longer.wob
  $ woapol verify longer.wob
  woapol verify: longer.wob: the image is cut off, or bytes were added: its length is not the one that it says, at byte 16
  [1]
  $ { head -c 200 p.wob; printf x; tail -c +202 p.wob; } > changed.wob
  $ woapol verify changed.wob
  woapol verify: changed.wob: the image is damaged: its checksum is not the one of its bytes, at byte 8
  [1]
  $ sed 's/$/\r/' p.wob > windows.wob
  $ woapol verify windows.wob
  woapol verify: windows.wob: this is not a woapol image: it does not start as an image does, at byte 0
  [1]
  $ : > empty.wob
  $ woapol verify empty.wob
  woapol verify: empty.wob: this is not a woapol image: it does not start as an image does, at byte 0
  [1]

What is named as an image is one or is refused: it is never read as a source.

  $ echo '{}' | woapol eval empty.wob
  woapol eval: empty.wob: this is not a woapol image: it does not start as an image does, at byte 0
  [1]
  $ cp p.woapol source.wob
  $ for c in check eval test prove build inspect; do echo '{}' | woapol $c source.wob; done
  woapol check: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  woapol eval: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  woapol test: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  woapol prove: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  woapol build: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  woapol inspect: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  [1]
  $ woapol diff source.wob p.woapol
  woapol diff: source.wob: this is not a woapol image: it does not start as an image does, at byte 0
  [1]

  $ woapol verify p.woapol
  woapol verify: p.woapol is not an image; 'woapol build' makes one of a source
  [1]
  $ woapol verify .
  woapol verify: cannot read .: Is a directory
  [1]
  $ woapol verify none.wob
  woapol verify: cannot read none.wob: No such file or directory
  [1]
  $ woapol verify p.wob > /dev/null

Every cut and every changed byte of the header and the section table:

  $ i=0; while [ $i -lt 400 ]; do head -c $i p.wob > x.wob; woapol verify x.wob > /dev/null 2>&1 && echo "cut at $i"; i=$((i + 7)); done
  $ i=0; while [ $i -lt 400 ]; do { head -c $i p.wob; printf '\252'; tail -c +$((i + 2)) p.wob; } > x.wob; cmp -s x.wob p.wob || { woapol verify x.wob > /dev/null 2>&1 && echo "byte $i"; }; i=$((i + 7)); done
