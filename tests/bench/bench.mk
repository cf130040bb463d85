# Benchmarks: each tests/bench/bench_NAME.c prints records, one JSON object a line
# (record.h). run.sh makes $(BUILD)/bench/results.json, a table and a plot of them.

BENCH_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard tests/bench/*.c))
BENCH_HELP := $(filter-out $(O)/tests/bench/bench_%,$(BENCH_OBJ)) $(O)/tests/synthetic_model.o $(O)/tests/smtlib.o
BENCHES := $(patsubst $(O)/tests/bench/%.o,$(OUT)/tests/%,$(filter $(O)/tests/bench/bench_%,$(BENCH_OBJ)))

$(OUT)/tests/bench_%: $(O)/tests/bench/bench_%.o $(BENCH_HELP) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS) -lm

.PHONY: bench bench-%
bench: all $(BENCHES) # measure; writes $(BUILD)/bench/results.json, a table, a plot
	@tests/bench/run.sh $(BUILD)/bench $(OUT)/woapol $(BENCHES)
# One of them alone: make bench-compile.
bench-%: all $(OUT)/tests/bench_%
	@$(OUT)/tests/bench_$* $(OUT)/woapol
