# The tests: README.md says what the parts are. Each writes its results under
# $(BUILD)/tests/results; the last line of `make test` counts them all.

TAG := $(if $(filter-out release,$(MODE)),-$(MODE))
PART = tests/part.sh $(BUILD)
# Everything but main, so that parts of the command line are tested by themselves.
TEST_LIBS = $(OUT)/tests/cli.a $(OUT)/libwoapolc.a $(OUT)/libwoapol.a
TEST_LINK = $(CXX) $(FLAGS_$(MODE)) $(LDFLAGS)

$(OUT)/tests/cli.a: $(filter-out %/main.o,$(CLI_OBJ))
	@mkdir -p $(@D)
	@rm -f $@
	$(call SAY,AR)
	$(AR) rcsD $@ $^

# What the tool loads when it needs it, the units sign with.
SAML_LIBS = -lxmlsec1-openssl -lxmlsec1 -lxml2
UNIT_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard tests/unit/*.c tests/*.c))
$(O)/tests/unit/small_runtime.o: INC_tests += -iquote runtime
UNIT_HELP := $(filter-out $(O)/tests/unit/test_%,$(UNIT_OBJ))

PARTS_HERE = units golden cli laws nginx serve transport sandbox lsp
PARTS_ONCE = docs examples api schema wasm okta access postgres duckdb filter replay
PARTS = $(PARTS_HERE) $(PARTS_ONCE) $(PARTS_HERE:%=%-asan) serve-tsan fuzz

.PHONY: test parts parts-asan parts-tsan parts-fuzz golden-update asan
test: deps-test # run all tests; the last line counts them
	@rm -rf $(BUILD)/tests/results $(BUILD)/tests/reports $(BUILD)/tests/closing
	-@$(MAKE) --no-print-directory -k parts
	@mkdir -p $(BUILD)/tests/results
	@tests/summary.sh $(BUILD)/tests/results $(BUILD)/tests/reports $(PARTS)

parts: $(PARTS_HERE:%=part-%) $(PARTS_ONCE:%=part-%) parts-asan parts-tsan parts-fuzz
parts-asan:
	@$(MAKE) --no-print-directory -k MODE=asan $(PARTS_HERE:%=part-%)
parts-tsan: # the daemon under the thread sanitizer
	@$(MAKE) --no-print-directory -k MODE=tsan part-serve
parts-fuzz: $(OUT)/woapol
	@$(MAKE) --no-print-directory -k MODE=fuzz CC=$(FUZZ_CC) CXX=$(FUZZ_CC)++ part-fuzz
asan: # build and test under the sanitizers
	@$(MAKE) MODE=asan all $(PARTS_HERE:%=part-%)
	@tests/summary.sh $(BUILD)/tests/results $(BUILD)/tests/reports $(PARTS_HERE:%=%-asan)

$(OUT)/tests/units: $(UNIT_OBJ) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ -lcriterion $(CLI_LIBS) $(LIBS) $(SAML_LIBS)
# One file's tests alone: make unit-lexer runs tests/unit/test_lexer.c.
$(OUT)/tests/unit-%: $(O)/tests/unit/test_%.o $(UNIT_HELP) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ -lcriterion $(CLI_LIBS) $(LIBS) $(SAML_LIBS)
unit-%: $(OUT)/tests/unit-%
	$<
.PRECIOUS: $(OUT)/tests/unit-% $(O)/tests/unit/test_%.o
$(OUT)/tests/laws: $(patsubst %.c,$(O)/%.o,$(wildcard tests/laws/*.c)) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS)

.PHONY: part-nginx part-serve part-units part-golden part-cli part-docs part-examples part-laws part-api part-schema
part-units: $(OUT)/tests/units
	@$(PART) units$(TAG) tests/units.sh $<
part-golden: $(OUT)/woapol
	@$(PART) golden$(TAG) sh -c 'tests/golden.sh $< $$TAP'
part-cli: $(OUT)/woapol
	@$(PART) cli$(TAG) sh -c 'tests/cases.sh $< $$TAP tests/cli/*.t'
cli-%: tests/cli/%.t $(OUT)/woapol
	@tests/cases.sh $(OUT)/woapol $(OUT)/tests/$@.tap $<
part-docs: $(OUT)/woapol
	@$(PART) docs$(TAG) sh -c 'tests/cases.sh $< $$TAP README.md docs/*.md'
part-examples: $(OUT)/woapol
	@$(PART) examples$(TAG) sh -c 'tests/examples.sh $< $$TAP'
part-laws: $(OUT)/tests/laws
	@$(PART) laws$(TAG) sh -c '$< $$TAP $(sort $(wildcard examples/*/policy.woapol stdlib/*.woapol tests/golden/*/*.woapol))'
part-schema: $(OUT)/woapol
	@$(PART) schema$(TAG) sh -c 'tests/schema/run.sh $< $$TAP $(BUILD)/tests/npm'
part-api: all
	@$(PART) api$(TAG) tests/api/run.sh $(CC) $(BUILD) $(MAKE)

part-serve: $(OUT)/woapol
	@$(PART) serve$(TAG) sh -c 'tests/serve/run.sh $< $$TAP $(OUT)/tests/serve $(BUILD)/tests/npm-grpc'
$(OUT)/tests/transport-driver: $(O)/tests/transport/driver.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS)
.PHONY: part-lsp
part-lsp: $(OUT)/woapol
	@$(PART) lsp$(TAG) sh -c 'tests/lsp/run.sh $< $$TAP $(OUT)/tests/lsp'
.PHONY: part-transport
part-transport: $(OUT)/tests/transport-driver
	@$(PART) transport$(TAG) sh -c 'tests/transport/run.sh $< $$TAP $(OUT)/tests/transport $(if $(TAG),sanitized)'
# The tool and the sandbox in one process.
$(OUT)/tests/batch: $(O)/tests/sandbox/batch.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS)
.PHONY: law part-sandbox
# By the thousand: make law POLICIES=1000 SEED=1, for one of the tenants TENANTS=access.
law: $(OUT)/tests/batch $(OUT)/tests/access-generate # push random policies into the sandbox: it decides as eval does
	@rm -rf $(OUT)/tests/law && mkdir -p $(OUT)/tests/law
	@for tenant in $(or $(TENANTS),okta access); do \
	    echo "$$tenant: $(or $(POLICIES),1000) policies from seed $(or $(SEED),1)"; \
	    node tests/sandbox/law.mjs $$tenant $(OUT)/tests/batch $(OUT)/tests/access-generate $(OUT)/tests/law/$$tenant \
	        $(or $(POLICIES),1000) $(or $(SEED),1) || exit 1; \
	done
part-sandbox: $(OUT)/woapol $(OUT)/tests/batch $(OUT)/tests/access-generate
	@$(PART) sandbox$(TAG) sh -c 'tests/sandbox/run.sh $< $$TAP $(OUT)/tests/sandbox $(BUILD)/tests/npm-sandbox'
part-nginx: $(OUT)/woapol nginx-module
	@$(PART) nginx$(TAG) tests/nginx/run.sh $< $(NGINX_MODULE) $(OUT)/tests/nginx $(if $(TAG),sanitized,plain)
.PHONY: part-postgres
part-postgres: $(OUT)/woapol postgres-module $(OUT)/tests/generate
	@$(PART) postgres$(TAG) tests/postgres/run.sh $< $(OUT)/tests/generate $(PG_MODULE) $(OUT)/tests/postgres
.PHONY: part-filter
part-filter: $(OUT)/woapol $(OUT)/tests/generate
	@$(PART) filter$(TAG) tests/engines/run.sh $< $(OUT)/tests/generate $(OUT)/tests/filter
# The page of a replay, in Chromium.
.PHONY: part-replay
part-replay: $(OUT)/woapol
	@$(PART) replay$(TAG) tests/replay/run.sh $< $(OUT)/tests/replay $(BUILD)/tests/npm-replay
.PHONY: part-duckdb
part-duckdb: $(OUT)/woapol duckdb-module $(OUT)/tests/generate
	@$(PART) duckdb$(TAG) tests/duckdb/run.sh $< $(OUT)/tests/generate $(DUCKDB_MODULE) $(OUT)/tests/duckdb $(BUILD)/tests/npm-duckdb

$(OUT)/tests/generate: $(O)/tests/wasm/generate.o $(O)/tests/generate.o $(O)/tests/generate_request.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS)
.PHONY: part-wasm
part-wasm: $(OUT)/woapol wasm $(OUT)/tests/generate
	@$(PART) wasm tests/wasm/run.sh $(OUT)/woapol $(OUT)/tests/generate $(BUILD)/wasm $(OUT)/tests/wasm

# Random policies that an Access tenant can hold, for the sandbox.
$(OUT)/tests/access-generate: $(O)/tests/access/generate.o $(patsubst %,$(O)/tests/unit/%.o,access_world compile_text random_policy) $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(TEST_LINK) -o $@ $^ $(CLI_LIBS) $(LIBS)
.PHONY: part-access
part-access: $(OUT)/woapol $(OUT)/tests/access-generate
	@$(PART) access sh -c 'tests/access/run.sh $< $(OUT)/tests/access-generate $$TAP $(OUT)/tests/access $(BUILD)/tests/npm-prism'
.PHONY: part-okta
part-okta: $(OUT)/woapol
	@$(PART) okta sh -c 'tests/okta/run.sh $< $$TAP $(OUT)/tests/okta $(BUILD)/tests/npm-prism'

golden-update: all # rewrite all expectations to what is printed
	@$(OUT)/woapol version > /dev/null || { echo 'golden-update: no tool that runs: nothing is rewritten'; exit 1; }
	$(OUT)/woapol explain all --format markdown > docs/diagnostics.md
	-tests/golden.sh $(OUT)/woapol $(OUT)/tests/update.tap -u
	-tests/cases.sh $(OUT)/woapol $(OUT)/tests/update.tap -u tests/cli/*.t README.md docs/*.md
	-tests/examples.sh $(OUT)/woapol $(OUT)/tests/update.tap -u
