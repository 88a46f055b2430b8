# SPDX-License-Identifier: MIT
# The daemon and logctl. All but their main() is a library, so that tests can have it.

LOGD_LIBS := -lSQLiteCpp -lsqlite3 -lssl -lcrypto -lsystemd -lfmt
METRICS_LIBS := -lcpp-httplib
LOGD_MAINS := logd/logd.cc logd/logctl.cc

$(eval $(call library,logd,$(filter-out $(LOGD_MAINS),$(wildcard logd/*.cc))))
$(eval $(call program,logd,logd/logd.cc,logd s390log kevent,$(LOGD_LIBS) $(METRICS_LIBS)))
$(eval $(call program,logctl,logd/logctl.cc,logd s390log,$(LOGD_LIBS)))

# The library is made with these, and its classes look different without.
HTTPLIB_FLAGS := -DCPPHTTPLIB_OPENSSL_SUPPORT -DCPPHTTPLIB_ZLIB_SUPPORT -DCPPHTTPLIB_BROTLI_SUPPORT
$(foreach a,host s390x $(FLAVOURS),$(call objects,$(a),logd/deadline_stream.cc logd/metrics_server.cc)): \
	CXXFLAGS += $(HTTPLIB_FLAGS)
