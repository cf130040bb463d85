# The runtime for WebAssembly: freestanding, without imports, as an npm package in
# $(BUILD)/wasm. Needs clang and wasm-ld (Debian: clang-14, lld-14); wasm-opt
# (binaryen) makes it a seventh smaller where it is there.

WASM_CC ?= $(firstword $(shell command -v clang-14 clang))
WASM_LD ?= $(firstword $(shell command -v wasm-ld-14 wasm-ld))
WASM_OPT ?= $(shell command -v wasm-opt)
# WP_SMALL: code that is small in place of code that is wide, a verifier included.
WASM_SRC := $(filter-out runtime/bind.c runtime/handle.c runtime/forwarded.c runtime/opcodes.c runtime/status.c runtime/verify%,$(RUNTIME_SRC)) \
  runtime/verify_marks.c $(addprefix runtime/modules/wasm/,bind.c memory.c verify.c exports.c)
WASM_FLAGS = --target=wasm32 -Oz -DWP_SMALL -Dalways_inline=unused -flto -std=c11 -nostdlib -ffreestanding -fno-builtin-memcpy \
  -fvisibility=hidden -mbulk-memory -Wall -Wextra -isystem runtime/modules/wasm/include -iquote runtime -iquote runtime/include
WASM_LDFLAGS = --no-entry --export=desk --export=__heap_base --gc-sections --strip-all --compress-relocations -O2 --lto-O2 \
  -z stack-size=65536 -mllvm -disable-lsr
# Nothing of the linker's lies below 1024.
WASM_OPTFLAGS = -Oz --converge --low-memory-unused --enable-bulk-memory

.PHONY: wasm
ifneq ($(and $(WASM_CC),$(WASM_LD)),)
wasm: $(BUILD)/wasm/woapol.wasm # build the WebAssembly package in $(BUILD)/wasm
else
wasm: # build the WebAssembly package in $(BUILD)/wasm
	@echo '  there is no clang or wasm-ld: the WebAssembly module is left out'
endif

$(BUILD)/wasm/woapol.wasm: $(WASM_SRC) $(wildcard runtime/*.h runtime/include/*.h runtime/modules/wasm/*)
	@mkdir -p $(@D)/obj
	$(call SAY,WASM)
	@for source in $(WASM_SRC); do \
	  $(WASM_CC) $(WASM_FLAGS) -c $$source -o $(@D)/obj/$$(basename $$source .c).o || exit 1; done
	@$(WASM_LD) $(WASM_LDFLAGS) $(@D)/obj/*.o -o $@
	@$(if $(WASM_OPT),$(WASM_OPT) $(WASM_OPTFLAGS) $@ -o $@)
	@rm -r $(@D)/obj
	@cp runtime/modules/wasm/package.json runtime/modules/wasm/index.mjs runtime/modules/wasm/index.d.ts \
	  runtime/modules/wasm/README.md $(@D)
