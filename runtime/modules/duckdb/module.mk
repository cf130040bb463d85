# The DuckDB extension: a shared library with DuckDB's footer behind it. It needs no
# DuckDB to be built; one build serves every DuckDB with the C extension API v1.2.0.

DUCKDB_MODULE = $(OUT)/modules/duckdb/woapol.duckdb_extension
DUCKDB_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard runtime/modules/duckdb/*.c))
DUCKDB_PLATFORM ?= linux_$(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m)))

.PHONY: duckdb-module
duckdb-module: $(DUCKDB_MODULE) # build the DuckDB extension

$(OUT)/modules/duckdb/woapol.so: $(DUCKDB_OBJ) $(OUT)/libwoapol.a
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(CC) $(FLAGS_$(MODE)) $(LDFLAGS) -shared -Wl,--exclude-libs,ALL -o $@ $^ -lpthread

$(DUCKDB_MODULE): $(OUT)/modules/duckdb/woapol.so runtime/modules/duckdb/footer.sh
	@runtime/modules/duckdb/footer.sh $(DUCKDB_PLATFORM) v1.2.0 $(VERSION) > $@.footer
	@cat $< $@.footer > $@.new && mv $@.new $@ && rm $@.footer
