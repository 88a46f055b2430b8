# SPDX-License-Identifier: MIT
# The daemon and logctl. All but their main() is a library, so that tests can have it.

LOGD_LIBS := -lSQLiteCpp -lsqlite3 -lfmt
LOGD_MAINS := logd/logd.cc logd/logctl.cc

$(eval $(call library,logd,$(filter-out $(LOGD_MAINS),$(wildcard logd/*.cc))))
$(eval $(call program,logd,logd/logd.cc,logd s390log kevent,$(LOGD_LIBS)))
$(eval $(call program,logctl,logd/logctl.cc,logd s390log,$(LOGD_LIBS)))
