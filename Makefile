# woapol. Everything is built under $(BUILD); nothing is generated into the tree.
# `make demo` and `make test` set up what they need by themselves.

BUILD  ?= build
MODE   ?= release
PREFIX ?= /usr/local
# make's own defaults give way, the user's choice does not.
ifeq ($(origin CC),default)
CC = gcc
endif
ifeq ($(origin CXX),default)
CXX = g++
endif

# One tree of objects a mode; the release's products lie directly in $(BUILD).
O := $(BUILD)/obj/$(MODE)
OUT := $(BUILD)$(if $(filter-out release,$(MODE)),/$(MODE))

FLAGS_release = -O2 -g
FLAGS_asan = -O1 -g -DWP_SANITIZED -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan = -O1 -g -DWP_SANITIZED -fsanitize=thread
FLAGS_cov = -O0 -g --coverage
FLAGS_fuzz = -O1 -g -DWP_SANITIZED -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -w
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(FLAGS_$(MODE)) -fPIC -fvisibility=hidden -MMD -MP $(CFLAGS)

# A folder sees only what its includes may name: a wrong include does not compile.
INC_lang = -iquote lang -iquote $(O)/lang
INC_runtime = -iquote runtime -iquote runtime/include
INC_compiler = -iquote . -iquote $(O) -iquote runtime/include -iquote lang
INC_tests = $(INC_compiler) -iquote tests

LANG_SRC := $(wildcard lang/*.c)
RUNTIME_SRC := $(wildcard runtime/*.c)
COMPILER_SRC := $(filter-out compiler/cli/%,$(wildcard compiler/*.c compiler/*/*.c compiler/emit/*/*.c))
COMPILER_CXX := $(filter-out compiler/cli/%,$(wildcard compiler/*/*.cpp))
CLI_SRC := $(wildcard compiler/cli/*.c)
CLI_CXX := $(wildcard compiler/cli/*.cpp)
STDLIB := $(sort $(wildcard stdlib/*.woapol))
STDDATA := $(sort $(wildcard stdlib/*.json))

LANG_OBJ := $(LANG_SRC:%.c=$(O)/%.o) $(O)/lang/grammar.o $(O)/lang/lexer.o
RUNTIME_OBJ := $(RUNTIME_SRC:%.c=$(O)/%.o)
COMPILER_OBJ := $(COMPILER_SRC:%.c=$(O)/%.o) $(COMPILER_CXX:%.cpp=$(O)/%.o) $(O)/stdlib.o $(O)/sandbox.o
CLI_OBJ := $(CLI_SRC:%.c=$(O)/%.o) $(CLI_CXX:%.cpp=$(O)/%.o)
CLI_LIBS = -lsimdjson
LIBS = -ljansson -lnghttp2 -lcrypto -lz -lzstd -lpthread

# make V=1 shows the commands, else what they work on.
ifndef V
.SILENT:
endif
SAY = @echo '  $(1)  $(or $(2),$@)'

.DEFAULT_GOAL := all
.PHONY: all
all: $(OUT)/woapol $(OUT)/libwoapol.a $(OUT)/libwoapol.so nginx-module postgres-module duckdb-module # the tool, the libraries, the modules

# What the daemon runs goes first: side by side it takes fewer pages of memory.
SERVE_OBJ := $(filter $(O)/compiler/serve/%,$(COMPILER_OBJ)) $(RUNTIME_OBJ) $(filter $(O)/compiler/decide/%,$(COMPILER_OBJ))
$(OUT)/woapol: $(CLI_OBJ) $(OUT)/libwoapolc.a $(OUT)/libwoapol.a
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(CXX) $(FLAGS_$(MODE)) $(LDFLAGS) -o $@ $(SERVE_OBJ) $(CLI_OBJ) $(OUT)/libwoapolc.a $(OUT)/libwoapol.a $(CLI_LIBS) $(LIBS)

# Appended, not replaced: folders may have files of the same name, which ar takes for one.
$(OUT)/libwoapolc.a: $(LANG_OBJ) $(COMPILER_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call SAY,AR)
	$(AR) qcsD $@ $^

$(OUT)/libwoapol.a: $(RUNTIME_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call SAY,AR)
	$(AR) qcsD $@ $^

$(OUT)/libwoapol.so: $(RUNTIME_OBJ) runtime/woapol.map
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(CC) $(FLAGS_$(MODE)) $(LDFLAGS) -shared -Wl,-soname,libwoapol.so.0 -Wl,--version-script=runtime/woapol.map -o $@ $(RUNTIME_OBJ)

$(O)/lang/%.o: lang/%.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(CC) $(ALL_CFLAGS) $(INC_lang) -c $< -o $@
$(O)/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(CC) $(ALL_CFLAGS) $(INC_runtime) -c $< -o $@
# Proving an image is long loops over arrays, which the compiler makes wide only when asked to.
$(O)/runtime/verify%.o: ALL_CFLAGS += $(if $(filter release,$(MODE)),-O3)
# To gather what is stored in vectors takes longer than to store it.
$(O)/runtime/decide%.o: ALL_CFLAGS += -fno-tree-slp-vectorize
$(O)/compiler/%.o: compiler/%.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(CC) $(ALL_CFLAGS) $(INC_compiler) -c $< -o $@
$(O)/compiler/%.o: compiler/%.cpp
	@mkdir -p $(@D)
	$(call SAY,CXX,$<)
	$(CXX) -std=c++17 -Wall -Wextra $(FLAGS_$(MODE)) -MMD -MP $(CXXFLAGS) $(INC_compiler) -c $< -o $@
# libxml2 and xmlsec1 have headers of their own ways: for these alone.
SAML_FLAGS = -isystem /usr/include/libxml2 -isystem /usr/include/xmlsec1 -DXMLSEC_NO_SIZE_T \
    -DXMLSEC_CRYPTO_OPENSSL -DXMLSEC_NO_CRYPTO_DYNAMIC_LOADING
$(O)/compiler/emit/xml.o $(O)/compiler/emit/saml.o $(O)/compiler/emit/saml%.o $(O)/tests/unit/test_saml.o: ALL_CFLAGS += $(SAML_FLAGS)
$(O)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(CC) $(ALL_CFLAGS) $(INC_tests) -c $< -o $@

# Generated code is not held to our warnings.
$(O)/lang/grammar.c $(O)/lang/grammar.h &: lang/grammar.y
	@mkdir -p $(O)/lang
	$(call SAY,BISON,$<)
	bison -Wall -Werror -d -o $(O)/lang/grammar.c $<
$(O)/lang/lexer.c $(O)/lang/lexer.h &: lang/lexer.l
	@mkdir -p $(O)/lang
	$(call SAY,FLEX,$<)
	flex --header-file=$(O)/lang/lexer.h -o $(O)/lang/lexer.c $<
$(O)/lang/grammar.o $(O)/lang/lexer.o: $(O)/lang/%.o: $(O)/lang/%.c
	$(call SAY,CC,$<)
	$(CC) $(ALL_CFLAGS) -w $(INC_lang) -c $< -o $@
$(LANG_SRC:%.c=$(O)/%.o) $(O)/lang/lexer.o: | $(O)/lang/grammar.h $(O)/lang/lexer.h

# The standard library travels in the compiler, byte for byte.
$(O)/stdlib.S: $(STDLIB) $(STDDATA) Makefile
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; \
	   for f in $(STDLIB); do n=$$(basename $$f .woapol); \
	     echo "text_$$n: .incbin \"$$f\""; echo ".byte 0"; echo "end_$$n:"; \
	     echo "name_$$n: .asciz \"std/$$n\""; done; \
	   for f in $(STDDATA); do n=$$(basename $$f .json); \
	     echo "json_$$n: .incbin \"$$f\""; echo ".byte 0"; echo "json_end_$$n:"; \
	     echo "json_name_$$n: .asciz \"$$n\""; done; \
	   echo '.section .data.rel.ro,"aw"'; echo '.balign 8'; \
	   echo '.globl wp_stdlib_modules'; echo 'wp_stdlib_modules:'; \
	   for f in $(STDLIB); do n=$$(basename $$f .woapol); \
	     echo ".quad name_$$n, text_$$n, end_$$n - text_$$n - 1"; done; \
	   echo '.quad 0, 0, 0'; \
	   echo '.globl wp_stdlib_data'; echo 'wp_stdlib_data:'; \
	   for f in $(STDDATA); do n=$$(basename $$f .json); \
	     echo ".quad json_name_$$n, json_$$n, json_end_$$n - json_$$n - 1"; done; \
	   echo '.quad 0, 0, 0'; echo '.section .note.GNU-stack,"",@progbits'; } > $@
$(O)/stdlib.o: $(O)/stdlib.S $(STDLIB) $(STDDATA)
	$(call SAY,CC,$<)
	$(CC) -c $< -o $@

# So do the sandbox's page and samples.
SANDBOX_FILES := compiler/sandbox/sample.json $(wildcard compiler/sandbox/page/*)
$(O)/sandbox.S: $(SANDBOX_FILES) Makefile
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; n=0; \
	   for f in $(SANDBOX_FILES); do n=$$((n + 1)); \
	     echo "box_text_$$n: .incbin \"$$f\""; echo ".byte 0"; echo "box_end_$$n:"; \
	     echo "box_name_$$n: .asciz \"$$(basename $$f)\""; done; \
	   echo '.section .data.rel.ro,"aw"'; echo '.balign 8'; \
	   echo '.globl wp_box_files'; echo 'wp_box_files:'; n=0; \
	   for f in $(SANDBOX_FILES); do n=$$((n + 1)); \
	     echo ".quad box_name_$$n, box_text_$$n, box_end_$$n - box_text_$$n - 1"; done; \
	   echo '.quad 0, 0, 0'; echo '.section .note.GNU-stack,"",@progbits'; } > $@
$(O)/sandbox.o: $(O)/sandbox.S $(SANDBOX_FILES)
	$(call SAY,CC,$<)
	$(CC) -c $< -o $@

include runtime/modules/nginx/module.mk runtime/modules/wasm/module.mk runtime/modules/postgres/module.mk runtime/modules/duckdb/module.mk
include tests/tests.mk tests/fuzz/fuzz.mk tests/bench/bench.mk

.PHONY: deps deps-test demo install docs large format lint cov clean help
deps: # install the Debian packages that are missing
	@.ci/deps .ci/packages
deps-test: # and those that the tests need
	@.ci/deps .ci/packages .ci/packages-test

demo: # build, then walk through every example, and bring tenants to some
	@.ci/deps .ci/packages .ci/packages-demo
	@$(MAKE) --no-print-directory all
	@examples/demo.sh $(OUT)/woapol $(BUILD)/demo

BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCDIR ?= $(PREFIX)/include
SHARE ?= $(PREFIX)/share
VERSION := $(shell awk '/VERSION_M[A-Z]*OR [0-9]/ { v = v s $$3; s = "." } END { print v }' \
    runtime/include/woapol.h)
UNIT_DIR = $(LIBDIR)/systemd/system
BASH_DIR = $(SHARE)/bash-completion/completions
ZSH_DIR = $(SHARE)/zsh/site-functions
FISH_DIR = $(SHARE)/fish/vendor_completions.d

install: all docs $(OUT)/libwoapol.pc # install into $(DESTDIR)$(PREFIX)
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(LIBDIR)/cmake/woapol $(INCDIR) $(BASH_DIR) \
	    $(ZSH_DIR) $(FISH_DIR) $(SHARE)/man/man1 $(SHARE)/man/man3 $(SHARE)/man/man5)
	install -m 755 $(OUT)/woapol $(DESTDIR)$(BINDIR)
	install -m 644 $(OUT)/libwoapol.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(OUT)/libwoapol.so $(DESTDIR)$(LIBDIR)/libwoapol.so.0
	ln -sf libwoapol.so.0 $(DESTDIR)$(LIBDIR)/libwoapol.so
	install -m 644 $(OUT)/libwoapol.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 runtime/woapolConfig.cmake $(DESTDIR)$(LIBDIR)/cmake/woapol
	install -m 644 runtime/include/woapol.h runtime/include/woapol_host.h $(DESTDIR)$(INCDIR)
	for page in $(OUT)/man/*.[135]; do \
	    install -m 644 $$page $(DESTDIR)$(SHARE)/man/man$${page##*.} || exit 1; done
	install -d $(DESTDIR)$(UNIT_DIR)
	sed 's|@BINDIR@|$(BINDIR)|' compiler/serve/woapol.service > $(DESTDIR)$(UNIT_DIR)/woapol.service
	$(OUT)/woapol completion bash > $(DESTDIR)$(BASH_DIR)/woapol
	$(OUT)/woapol completion zsh > $(DESTDIR)$(ZSH_DIR)/_woapol
	$(OUT)/woapol completion fish > $(DESTDIR)$(FISH_DIR)/woapol.fish

# Each time anew: it names the folders of this installation.
.PHONY: $(OUT)/libwoapol.pc
$(OUT)/libwoapol.pc:
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCDIR)' '' 'Name: woapol' \
	    'Description: decides sign-ins by a compiled policy' 'Version: $(VERSION)' \
	    'Libs: -L$${libdir} -lwoapol' 'Cflags: -I$${includedir}' > $@

docs: $(OUT)/woapol # make the manual pages, in $(BUILD)/man
	@mkdir -p $(OUT)/man
	$(OUT)/woapol help --format mdoc > $(OUT)/man/woapol.1
	@for page in $(wildcard docs/man/*.[135]); do cp $$page $(OUT)/man || exit 1; done

RULES ?= 100000
TEAMS ?= 60000
PREFIXES ?= 1000000
large: $(OUT)/woapol # make a policy of RULES rules and PREFIXES prefixes, check and compile it
	@mkdir -p $(OUT)/large
	examples/large/generate.sh $(RULES) $(TEAMS) $(PREFIXES) > $(OUT)/large/policy.woapol
	$(OUT)/woapol build $(OUT)/large/policy.woapol -o $(OUT)/large/policy.wob

SOURCES = $(shell git ls-files '*.c' '*.h' 2>/dev/null || find . -name '*.[ch]')
format: # rewrite the C sources in the style of .clang-format
	clang-format -i $(SOURCES)

lint: # the style's limits, the includes, the format
	@tests/lint.sh $(CC)

cov: # line coverage of the units
	@$(MAKE) MODE=cov part-units
	@tests/cov.sh $(BUILD)/obj/cov

clean: # remove $(BUILD)
	rm -rf $(BUILD)

help: # list the targets
	@echo 'woapol: make [TARGET] [MODE=release|asan|tsan|cov] [BUILD=folder]'
	@sed -n 's/^\([a-z][a-z-]*\):[^#=]*# \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | sort -u | expand -t 20

-include $(shell find $(O) -name '*.d' 2>/dev/null)
