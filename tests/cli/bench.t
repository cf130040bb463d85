What decisions cost is told with the address lookup alone beside it; the figures are the
machine's own:

  $ woapol bench $ROOT/examples/corporate/policy.woapol -n 50
  [0-9]+ rules, [0-9]+ policies, 50 requests of somebody in [0-9]+ groups, 1 thread (re)
  
  address lookup alone +[0-9.]+ ns +[0-9]+ a second +1.00 x the lookup (re)
  decide, bound +[0-9.]+ ns +[0-9]+ a second +[0-9.]+ x the lookup (re)
  decide, bound, in a batch +[0-9.]+ ns +[0-9]+ a second +[0-9.]+ x the lookup (re)
  bind and decide +[0-9.]+ ns +[0-9]+ a second +[0-9.]+ x the lookup (re)
  load, all checks included +[0-9.]+ us +[0-9]+ x the lookup (re)
  image +[0-9]+ bytes (re)

A policy without networks, groups or apps can be measured, too, and an image with several threads:

  $ echo 'policy P is default { otherwise deny }' > small.woapol
  $ woapol bench small.woapol -n 1 | head -n 1
  0 rules, 1 policies, 1 requests of somebody in 0 groups, 1 thread
  $ woapol build small.woapol -o small.wob
  $ woapol bench small.wob --threads 3 --format json | grep -c '"ratio"'
  5

What cannot be measured is refused:

  $ woapol bench small.woapol --requests 0
  woapol bench: option '--requests' wants a whole number from 1 to 1000000, not '0' (see 'woapol help bench')
  [64]
  $ woapol bench small.woapol --threads many
  woapol bench: option '--threads' wants a whole number from 1 to 256, not 'many' (see 'woapol help bench')
  [64]
  $ echo 'policy' > wrong.woapol
  $ woapol bench wrong.woapol > /dev/null 2>&1
  [3]
