# Configuration, profiles and templates: copied as they are.
.PHONY: install-config
install: install-config
install-config:
	install -d $(DESTDIR)$(PREFIX)/share/abate
	cp -R config/. $(DESTDIR)$(PREFIX)/share/abate/
	rm -f $(DESTDIR)$(PREFIX)/share/abate/build.mk
