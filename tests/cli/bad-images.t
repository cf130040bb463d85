Images that are none. Each command refuses them with a reason.

  $ cat > p.woapol <<X
  > group Staff
  > policy P is default { rule staff when group in Staff allow otherwise deny }
  > X
  $ woapol build p.woapol -o p.wob
  $ size=$(wc -c < p.wob)
  $ head -c 10 p.wob > short.wob
  $ woapol verify short.wob
  $ head -c $((size - 1)) p.wob > cut.wob
  $ woapol verify cut.wob
  $ woapol inspect cut.wob
  $ woapol disasm cut.wob
  $ echo '{}' | woapol eval cut.wob
  $ { cat p.wob; printf x; } > longer.wob
  $ woapol verify longer.wob
  $ { head -c 200 p.wob; printf x; tail -c +202 p.wob; } > changed.wob
  $ woapol verify changed.wob
  $ sed 's/$/\r/' p.wob > windows.wob
  $ woapol verify windows.wob
  $ : > empty.wob
  $ woapol verify empty.wob
  $ woapol verify p.woapol
  $ woapol verify .
  $ woapol verify none.wob
  $ woapol verify /dev/zero
  $ woapol verify p.wob > /dev/null

Every cut and every changed byte of the header and the section table:

  $ i=0; while [ $i -lt 400 ]; do head -c $i p.wob > x.wob; woapol verify x.wob > /dev/null 2>&1 && echo "cut at $i"; i=$((i + 7)); done
  $ i=0; while [ $i -lt 400 ]; do { head -c $i p.wob; printf '\252'; tail -c +$((i + 2)) p.wob; } > x.wob; cmp -s x.wob p.wob || { woapol verify x.wob > /dev/null 2>&1 && echo "byte $i"; }; i=$((i + 7)); done
