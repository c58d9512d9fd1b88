# Unit tests: one file a module, each a program on GLib's test framework. System tests: scripts that
# start real servers of their own on loopback. Benchmarks print ratios to a baseline of the same run.
UNIT_SOURCES := $(wildcard tests/unit/test-*.c)
UNIT_TESTS   := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/unit/%)
TEST_TOOLS   := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
ASAN_BUILD   := build-asan

$(BUILD)/tests/%: tests/%.c $(CORE_LIB)
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) -DSOURCE_DIR='"$(CURDIR)"' -DBUILD_DIR='"$(abspath $(BUILD))"' -MMD -MP -o $@ $< $(CORE_LIB) $(PKG_LIBS)

-include $(wildcard $(BUILD)/tests/*/*.d)

.PHONY: unit-tests check-asan check-style
unit-tests: all $(UNIT_TESTS) $(TEST_TOOLS)

# README's second command: all set-up, then every test.
check:
	@.ci/setup check
	@$(MAKE) --no-print-directory -j2 unit-tests check-style
	@$(MAKE) --no-print-directory -j2 BUILD=$(ASAN_BUILD) SANITIZE=1 unit-tests
	@tests/run all

check-unit: unit-tests
	@BUILD=$(BUILD) tests/run unit

check-asan:
	@$(MAKE) --no-print-directory BUILD=$(ASAN_BUILD) SANITIZE=1 check-unit

check-system: unit-tests
	@BUILD=$(BUILD) tests/run system

# Layout, the rooms of the house, and two static analysers.
check-style:
	@tests/style

bench: all $(TEST_TOOLS)
	@.ci/setup check
	@tests/bench/run
