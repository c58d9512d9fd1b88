# A new folder plugins/<name>/ with C files is all that a new plugin needs; <name>.so comes out of it.
PLUGIN_NAMES := $(patsubst plugins/%/,%,$(sort $(dir $(wildcard plugins/*/*.c))))
PLUGIN_FILES := $(PLUGIN_NAMES:%=$(BUILD)/plugins/%.so)

# A plugin sees the public header only. -z defs and -z now find a missing function at build and load
# time, nodelete keeps the code mapped so that a leak report shows its names.
define plugin_rule
$(BUILD)/plugins/$(1).so: $$(wildcard plugins/$(1)/*.c) $$(wildcard plugins/$(1)/*.h) include/abate/plugin.h
	@mkdir -p $$(@D)
	@echo "  PLUGIN $$@"
	@$$(CC) -std=c11 $$(CFLAGS) $$(SANFLAGS) $$(WARNINGS) -fPIC -fvisibility=hidden -Iinclude -shared \
		$$(if $$(SANFLAGS),,-Wl$$(comma)-z$$(comma)defs) -Wl,-z,now -Wl,-z,nodelete -o $$@ $$(filter %.c,$$^)
endef
comma := ,
$(foreach name,$(PLUGIN_NAMES),$(eval $(call plugin_rule,$(name))))

.PHONY: plugins install-plugins
plugins: $(PLUGIN_FILES)
install: install-plugins
install-plugins: plugins
	install -d $(DESTDIR)$(PREFIX)/lib/abate/plugins
	$(if $(PLUGIN_FILES),install -m 644 $(PLUGIN_FILES) $(DESTDIR)$(PREFIX)/lib/abate/plugins/)
