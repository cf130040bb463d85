# The nginx module, built with the flags of the packaged nginx (nginx-dev).
# nginx's configure writes only into NGINX_BUILD; its result is cached by version.

NGINX_SRC ?= /usr/share/nginx/src
NGINX_BUILD = $(abspath $(BUILD))/nginx
NGINX_MODULE = $(OUT)/modules/ngx_http_woapol_module.so
NGINX_FILES = $(wildcard runtime/modules/nginx/*.[ch]) runtime/modules/nginx/config
NGINX_ENV = WOAPOL_ROOT=$(abspath .) WOAPOL_LIB=$(abspath $(OUT)/libwoapol.a)

.PHONY: nginx-module
nginx-module: $(NGINX_MODULE)

$(NGINX_BUILD)/Makefile: runtime/modules/nginx/config $(NGINX_SRC)/conf_flags
	@mkdir -p $(NGINX_BUILD)
	@cd $(NGINX_SRC) && $(NGINX_ENV) bash -c '. ./conf_flags && ./configure "$${NGX_CONF_FLAGS[@]}" \
	  --add-dynamic-module=$(abspath runtime/modules/nginx) --builddir=$(NGINX_BUILD)' \
	  > $(NGINX_BUILD)/configure.log 2>&1 || { tail -20 $(NGINX_BUILD)/configure.log; exit 1; }

$(NGINX_MODULE): $(NGINX_BUILD)/Makefile $(NGINX_FILES) $(OUT)/libwoapol.a runtime/include/woapol.h runtime/include/woapol_host.h
	@mkdir -p $(@D)
	@$(NGINX_ENV) $(MAKE) -s -f $(NGINX_BUILD)/Makefile -C $(NGINX_SRC) modules \
	  > $(NGINX_BUILD)/make.log 2>&1 || { cat $(NGINX_BUILD)/make.log; exit 1; }
	@cp $(NGINX_BUILD)/ngx_http_woapol_module.so $@
