# Unit tests: one file a module, each a program on GLib's test framework.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test-*.c))

$(BUILD)/tests/unit/%: tests/unit/%.c $(CORE_LIB)
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) -DSOURCE_DIR='"$(CURDIR)"' -DBUILD_DIR='"$(abspath $(BUILD))"' -MMD -MP -o $@ $< $(CORE_LIB) $(PKG_LIBS)

-include $(wildcard $(BUILD)/tests/unit/*.d)

check-unit: $(UNIT_TESTS) plugins
	@for test in $(UNIT_TESTS); do echo "== $$test"; G_DEBUG=fatal-criticals $$test || exit 1; done
