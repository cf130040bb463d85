# The nginx module, built with the flags of the packaged nginx (nginx-dev), for
# which `make all` builds it. nginx's configure writes only into NGINX_BUILD.

NGINX_SRC ?= /usr/share/nginx/src
NGINX_CONF := $(wildcard $(NGINX_SRC)/conf_flags)
NGINX_BUILD = $(abspath $(OUT))/nginx
NGINX_MODULE = $(OUT)/modules/ngx_http_woapol_module.so
NGINX_FILES = $(wildcard runtime/modules/nginx/*.[ch]) runtime/include/woapol.h runtime/include/woapol_host.h
NGINX_ENV = WOAPOL_ROOT=$(abspath .) WOAPOL_LIB=$(abspath $(OUT)/libwoapol.a) ASAN_OPTIONS=detect_leaks=0
NGINX_CC_asan = --with-cc-opt='-O1 -g -fPIC $(FLAGS_asan)' --with-ld-opt='-fPIC $(FLAGS_asan)'

.PHONY: nginx-module
ifneq ($(NGINX_CONF),)
nginx-module: $(NGINX_MODULE) # build the nginx module
else
nginx-module: # build the nginx module
	@echo '  there is no nginx-dev in $(NGINX_SRC): the nginx module is left out'
endif

# Another nginx has another conf_flags.
$(NGINX_BUILD)/Makefile: runtime/modules/nginx/config runtime/modules/nginx/module.mk $(NGINX_CONF)
	@mkdir -p $(NGINX_BUILD)
	$(call SAY,CONFIGURE,$(OUT)/nginx)
	@cd $(NGINX_SRC) && $(NGINX_ENV) bash -c '. ./conf_flags && ./configure "$${NGX_CONF_FLAGS[@]}" \
	  $(subst ','\'',$(NGINX_CC_$(MODE))) \
	  --add-dynamic-module=$(abspath runtime/modules/nginx) --builddir=$(NGINX_BUILD)' \
	  > $(NGINX_BUILD)/configure.log 2>&1 || { tail -n 20 $(NGINX_BUILD)/configure.log; exit 1; }

$(NGINX_MODULE): $(NGINX_BUILD)/Makefile $(NGINX_FILES) $(OUT)/libwoapol.a
	@mkdir -p $(@D)
	$(call SAY,NGINX)
	@rm -f $(NGINX_BUILD)/ngx_http_woapol_module.so
	@$(NGINX_ENV) $(MAKE) -s -f $(NGINX_BUILD)/Makefile -C $(NGINX_SRC) modules \
	  > $(NGINX_BUILD)/make.log 2>&1 || { cat $(NGINX_BUILD)/make.log; exit 1; }
	@cp $(NGINX_BUILD)/ngx_http_woapol_module.so $@
