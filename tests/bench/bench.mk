# Benchmarks: tests/bench/bench_NAME.c each prints its records as JSON lines;
# report.awk and the runner make results.json, a table and a plot of them.
