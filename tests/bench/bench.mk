# Benchmarks: each tests/bench/bench_NAME.c prints records, one JSON object a line
# (record.h). run.sh makes $(BUILD)/bench/results.json, a table and a plot of them.

BENCH_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard tests/bench/*.c))
BENCH_HELP := $(filter-out $(O)/tests/bench/bench_%,$(BENCH_OBJ)) $(O)/tests/synthetic_model.o $(O)/tests/smtlib.o
BENCHES := $(patsubst $(O)/tests/bench/%.o,$(OUT)/tests/%,$(filter $(O)/tests/bench/bench_%,$(BENCH_OBJ)))

# DPDK's lookup is measured beside ours where libdpdk-dev is installed.
DPDK_FLAGS := $(shell pkg-config --exists libdpdk 2>/dev/null && pkg-config --cflags libdpdk)
DPDK_LINK := -Wl,--push-state,--no-as-needed -lrte_mempool_ring -Wl,--pop-state -lrte_fib -lrte_eal
DPDK_LIBS := $(if $(DPDK_FLAGS),$(DPDK_LINK))
$(O)/tests/bench/rival_dpdk.o: ALL_CFLAGS += $(if $(DPDK_FLAGS),-DBENCH_DPDK $(DPDK_FLAGS) -w)

$(OUT)/tests/bench_%: $(O)/tests/bench/bench_%.o $(BENCH_HELP) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS) $(DPDK_LIBS) -lm

.PHONY: bench bench-gate bench-gate-update
bench: all $(BENCHES) # measure; writes $(BUILD)/bench/results.json, a table, a plot
	@tests/bench/run.sh $(BUILD)/bench $(OUT)/woapol $(BENCHES) tests/bench/bench_nginx.sh \
	  tests/bench/bench_serve.sh tests/bench/bench_postgres.sh tests/bench/bench_replay.sh
# The instructions of the hot paths against tests/bench/gate/baseline.txt.
GATE = tests/bench/gate/gate.sh $(BUILD)/bench/gate $(OUT)/tests/gate $(OUT)/woapol $(CC)
$(OUT)/tests/gate: $(O)/tests/bench/gate/gate.o $(BENCH_HELP) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS) $(DPDK_LIBS) -lm
bench-gate: $(OUT)/woapol $(OUT)/tests/gate # fail when hot paths take 5 % more instructions
	@$(GATE)
bench-gate-update: $(OUT)/woapol $(OUT)/tests/gate # count the baseline of bench-gate anew
	@$(GATE) update
# One of them alone: make bench-compile.
bench-%: all $(OUT)/tests/bench_%
	@$(OUT)/tests/bench_$* $(OUT)/woapol

# Other engines, from npm, on demand.
PEERS_DIR = $(OUT)/bench/peers
PEERS = casbin@5.51.1 @cedar-policy/cedar-wasm@4.13.0 @marcbachmann/cel-js@8.0.0 @bufbuild/cel@0.6.1
$(OUT)/tests/peers: $(O)/tests/bench/peers/peers.o $(BENCH_HELP) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS) $(DPDK_LIBS) -lm
.PHONY: bench-peers
bench-peers: $(OUT)/woapol $(OUT)/tests/peers # against engines from npm, which it installs in the build folder
	@mkdir -p $(PEERS_DIR)
	@cp tests/bench/peers/peers.mjs $(PEERS_DIR)
	@cd $(PEERS_DIR) && echo '{"private":true}' > package.json && npm install --no-audit --no-fund --silent $(PEERS)
	@cd $(PEERS_DIR) && node peers.mjs $(abspath $(OUT)/woapol) $(abspath $(OUT)/tests/peers) | tee records
	@awk -f tests/bench/report.awk -v svg=$(PEERS_DIR)/plot.svg $(PEERS_DIR)/records
# The nginx module against nginx without it: make bench-nginx prints the records.
bench-nginx: all
	@tests/bench/bench_nginx.sh $(OUT)/woapol $(NGINX_MODULE) $(OUT)/bench/nginx
# A replay against jq and DuckDB's JSON reader, which npm installs in the build folder.
bench-replay: all
	@mkdir -p $(OUT)/bench
	@tests/bench/bench_replay.sh $(OUT)/woapol
# The PostgreSQL extension against the same policy as SQL, and over shards.
bench-postgres: all
	@mkdir -p $(OUT)/bench
	@tests/bench/bench_postgres.sh $(OUT)/woapol $(PG_MODULE)
