# Manual pages.
MANUALS := $(wildcard docs/*.1 docs/*.5 docs/*.7)

.PHONY: install-docs
install: install-docs
install-docs:
	for page in $(MANUALS); do install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$(basename $$page) || exit 1; done
