# The runtime for WebAssembly: freestanding, without imports, as an npm package in
# $(BUILD)/wasm. Needs clang and wasm-ld (Debian: clang-14, lld-14).

WASM_CC ?= $(firstword $(shell command -v clang-14 clang))
WASM_LD ?= $(firstword $(shell command -v wasm-ld-14 wasm-ld))
WASM_SRC := $(filter-out runtime/handle.c runtime/forwarded.c,$(RUNTIME_SRC)) runtime/modules/wasm/memory.c
WASM_FLAGS = --target=wasm32 -Oz -Dalways_inline=unused -flto -std=c11 -nostdlib -ffreestanding -fno-builtin-memcpy -fvisibility=hidden \
  -mbulk-memory -Wall -Wextra -isystem runtime/modules/wasm/include -iquote runtime -iquote runtime/include

.PHONY: wasm
ifneq ($(and $(WASM_CC),$(WASM_LD)),)
wasm: $(BUILD)/wasm/woapol.wasm # build the WebAssembly package in $(BUILD)/wasm
else
wasm: # build the WebAssembly package in $(BUILD)/wasm
	@echo '  there is no clang or wasm-ld: the WebAssembly module is left out'
endif

$(BUILD)/wasm/woapol.wasm: $(WASM_SRC) runtime/modules/wasm/exports.c $(wildcard runtime/*.h runtime/include/*.h runtime/modules/wasm/*)
	@mkdir -p $(@D)/obj
	$(call SAY,WASM)
	@for source in $(WASM_SRC) runtime/modules/wasm/exports.c; do \
	  $(WASM_CC) $(WASM_FLAGS) -c $$source -o $(@D)/obj/$$(basename $$source .c).o || exit 1; done
	@$(WASM_LD) --no-entry --gc-sections --strip-all --compress-relocations -O2 --lto-O2 -z stack-size=65536 $(@D)/obj/*.o -o $@
	@rm -r $(@D)/obj
	@cp runtime/modules/wasm/package.json runtime/modules/wasm/index.mjs runtime/modules/wasm/index.d.ts \
	  runtime/modules/wasm/README.md $(@D)
