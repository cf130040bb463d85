# The large example

The generator writes the same policy for the same numbers:

  $ sh $ROOT/examples/large/generate.sh 300 160 1200 | woapol fmt - | cmp - $ROOT/examples/large/policy.woapol
  $ sh $ROOT/examples/large/generate.sh 1 2 1 | woapol fmt - > small.woapol && woapol check small.woapol

It says what it cannot write:

  $ sh $ROOT/examples/large/generate.sh 10 1 1 > none.woapol
  generate.sh: at least two groups, a prefix for each shop, 2097152 at most
  [1]
