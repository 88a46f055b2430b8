# SPDX-License-Identifier: MIT
# The daemon, logctl, their pages, and what makes a service of them.

LOGD_PAGES := $(wildcard logd/*.[1-9] driver/*/*.4)
COMPLETIONS := $(wildcard logd/completion/*)
CONFIG_FILE = $(DESTDIR)$(SYSCONFDIR)/s390-log/logd.toml

# $(call completion_path,FILE): where the shell that FILE is for looks for it.
completion_path = $(or \
	$(if $(filter %.bash,$(1)),share/bash-completion/completions/$(basename $(notdir $(1)))),\
	$(if $(filter _%,$(notdir $(1))),share/zsh/vendor-completions/$(notdir $(1))),\
	$(if $(filter %.fish,$(1)),share/fish/vendor_completions.d/$(notdir $(1))),\
	$(error $(1): no shell of that name is known))

LOGD_INSTALLED := sbin/logd bin/logctl \
	$(foreach m,$(LOGD_PAGES),share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	lib/systemd/system/s390-logd.service lib/udev/rules.d/60-s390-log.rules \
	lib/sysusers.d/s390-log.conf $(foreach c,$(COMPLETIONS),$(call completion_path,$(c)))

.PHONY: install-logd uninstall-logd
install: install-logd
install-logd: build/$(INSTALL_ARCH)/bin/logd build/$(INSTALL_ARCH)/bin/logctl
	$(Q)$(call install_program,build/$(INSTALL_ARCH)/bin/logd,sbin/logd)
	$(Q)$(call install_program,build/$(INSTALL_ARCH)/bin/logctl,bin/logctl)
	$(Q)for page in $(LOGD_PAGES); do \
		$(call install_file,$$page,share/man/man$${page##*.}/$${page##*/}); done
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' logd/service/s390-logd.service.in \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/s390-logd.service
	$(Q)$(call install_file,logd/service/60-s390-log.rules,lib/udev/rules.d/60-s390-log.rules)
	$(Q)$(call install_file,logd/service/sysusers.conf,lib/sysusers.d/s390-log.conf)
	$(Q)$(foreach c,$(COMPLETIONS),$(call install_file,$(c),$(call completion_path,$(c)));) true
	$(Q)[ -e $(CONFIG_FILE) ] || install -D -m 644 logd/service/logd.toml $(CONFIG_FILE)

# Configuration that somebody has changed is his.
uninstall: uninstall-logd
uninstall-logd:
	$(Q)$(call uninstall_files,$(LOGD_INSTALLED))
	$(Q)if cmp -s logd/service/logd.toml $(CONFIG_FILE); then rm $(CONFIG_FILE); fi
	$(Q)[ ! -d $(dir $(CONFIG_FILE)) ] || rmdir --ignore-fail-on-non-empty $(dir $(CONFIG_FILE))
	$(Q)[ ! -e $(CONFIG_FILE) ] || echo 'kept, for it was changed: $(CONFIG_FILE)'
