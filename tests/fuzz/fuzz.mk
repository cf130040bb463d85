# Fuzz targets: tests/fuzz/fuzz_NAME.c each, with clang's libFuzzer under address
# and undefined-behaviour sanitizers. Seeds: tests/fuzz/seeds/NAME/ (which keeps
# every input that once crashed) and what fuzz.sh gathers from the tree.

FUZZ_CC ?= clang
# Seconds for each target: make fuzz T=60.
T ?= 60

FUZZERS := $(patsubst tests/fuzz/%.c,$(OUT)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

$(OUT)/tests/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -fsanitize=fuzzer -o $@ $^ $(CLI_LIBS) $(LIBS)

# The parser's target compares trees as the unit tests do.
$(OUT)/tests/fuzz_parse: $(O)/tests/unit/ast_dump.o

.PHONY: fuzz fuzzers part-fuzz
fuzzers: $(FUZZERS)
part-fuzz: $(FUZZERS)
	@$(PART) fuzz tests/fuzz/fuzz.sh $(BUILD) 4 $^

fuzz: # run each fuzz target for T seconds
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory MODE=fuzz CC=$(FUZZ_CC) CXX=$(FUZZ_CC)++ fuzz-here
fuzz-here: $(FUZZERS)
	@TAP=/dev/null tests/fuzz/fuzz.sh $(BUILD) $(T) $^
