# abate: `make` builds, `make demo` shows the main job, `make check` sets up and tests.
# Each folder declares what it has in its own build.mk; this file only includes them.

VERSION   := 0.1.0
PREFIX    ?= /usr/local
DESTDIR   ?=
BUILD     ?= build
CC        ?= gcc
# SANITIZE=1 builds with AddressSanitizer and UBSan (into a build folder of its own).
SANITIZE  ?=

PACKAGES  := glib-2.0 gmime-3.0 jansson libcurl libesmtp-1.0 sqlite3 libcares libpsl libidn2 smartcols openssl
WARNINGS  := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
             -Wpointer-arith -Wwrite-strings -Wconversion -Wno-sign-conversion
CFLAGS    ?= -O2 -g
ifneq ($(SANITIZE),)
SANFLAGS  := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
# Asked once, at the first use: before `make setup` pkg-config may not know the packages yet.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)) -lltdl -lresolv -ldl -lpthread -lm)$(PKG_LIBS)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(CFLAGS) $(SANFLAGS) $(WARNINGS) -Iinclude -Icore -I$(BUILD) \
             -DABATE_VERSION='"$(VERSION)"' -DABATE_PREFIX='"$(PREFIX)"' $(PKG_CFLAGS)

.DEFAULT_GOAL := all
.PHONY: all setup demo check check-unit check-system bench install clean

include core/build.mk
include plugins/build.mk
include config/build.mk
include docs/build.mk
include tests/build.mk

all: $(BUILD)/abate plugins

clean:
	rm -rf build build-*
