# The program. Every .c below core/ but main.c goes into a static library that the unit tests link too.
CORE_SOURCES := $(filter-out core/main.c,$(wildcard core/*/*.c))
CORE_OBJECTS := $(CORE_SOURCES:%.c=$(BUILD)/%.o)
CORE_LIB     := $(BUILD)/libabate-core.a

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(CORE_LIB): $(CORE_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/abate: $(BUILD)/core/main.o $(CORE_LIB)
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(SANFLAGS) -o $@ $^ $(PKG_LIBS)

-include $(CORE_OBJECTS:.o=.d) $(BUILD)/core/main.d

.PHONY: install-core
install: install-core
install-core: $(BUILD)/abate
	install -D -m 755 $(BUILD)/abate $(DESTDIR)$(PREFIX)/bin/abate
	install -D -m 644 include/abate/plugin.h $(DESTDIR)$(PREFIX)/include/abate/plugin.h
	install -d $(DESTDIR)$(PREFIX)/share/pkgconfig
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'pluginsdir=$${prefix}/lib/abate/plugins' '' \
		'Name: abate' 'Description: interface of the plugins of abate' 'Version: $(VERSION)' \
		'Cflags: -I$${includedir}' >$(DESTDIR)$(PREFIX)/share/pkgconfig/abate.pc
