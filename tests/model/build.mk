# SPDX-License-Identifier: MIT
# The models, searched by Spin. They know no architecture: once, on this machine.

TESTS_host += build/host/tests/model_test
$(eval $(call link_rule,host,build/host/tests/model_test,tests/model/model_test.cc,,-lgtest_main -lgtest))
