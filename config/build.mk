# Configuration, profiles and templates: copied as they are. README's first command is here.
demo:
	@.ci/setup build
	@$(MAKE) --no-print-directory -j2 all
	@config/samples/demo $(BUILD)/abate

.PHONY: install-config
install: install-config
install-config:
	install -d $(DESTDIR)$(PREFIX)/share/abate
	cp -R config/. $(DESTDIR)$(PREFIX)/share/abate/
	rm -f $(DESTDIR)$(PREFIX)/share/abate/build.mk
