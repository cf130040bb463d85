# The PostgreSQL extension, built for the server whose pg_config is found (Debian:
# postgresql-server-dev-15), for which `make all` builds it.

PG_CONFIG ?= $(firstword $(wildcard /usr/lib/postgresql/15/bin/pg_config) $(shell command -v pg_config))
PG_INCLUDE := $(if $(PG_CONFIG),$(shell $(PG_CONFIG) --includedir-server 2>/dev/null))
PG_HEADER := $(if $(PG_INCLUDE),$(wildcard $(PG_INCLUDE)/postgres.h))
PG_MODULE = $(OUT)/modules/postgres/woapol.so
PG_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard runtime/modules/postgres/*.c))
PG_FILES = runtime/modules/postgres/woapol.control $(wildcard runtime/modules/postgres/woapol--*.sql)
# As the server is built: signed numbers wrap, and types are looked at through others.
PG_CFLAGS = $(ALL_CFLAGS) -fvisibility=default -fwrapv -fno-strict-aliasing -isystem $(PG_INCLUDE)

.PHONY: postgres-module install-postgres
ifneq ($(PG_HEADER),)
postgres-module: $(PG_MODULE) # build the PostgreSQL extension
else
postgres-module: # build the PostgreSQL extension
	@echo '  there is no postgresql-server-dev: the PostgreSQL extension is left out'
endif

$(O)/runtime/modules/postgres/%.o: runtime/modules/postgres/%.c runtime/modules/postgres/module.mk
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(CC) $(PG_CFLAGS) $(INC_runtime) -c $< -o $@

$(PG_MODULE): $(PG_OBJ) $(OUT)/libwoapol.a runtime/modules/postgres/woapol_pg.map
	@mkdir -p $(@D)
	$(call SAY,LD)
	$(CC) $(FLAGS_$(MODE)) $(LDFLAGS) -shared -Wl,--version-script=runtime/modules/postgres/woapol_pg.map -o $@ $(PG_OBJ) $(OUT)/libwoapol.a

install-postgres: postgres-module # install the PostgreSQL extension where its pg_config says
	install -d $(DESTDIR)$$($(PG_CONFIG) --pkglibdir) $(DESTDIR)$$($(PG_CONFIG) --sharedir)/extension
	install -m 755 $(PG_MODULE) $(DESTDIR)$$($(PG_CONFIG) --pkglibdir)
	install -m 644 $(PG_FILES) $(DESTDIR)$$($(PG_CONFIG) --sharedir)/extension
