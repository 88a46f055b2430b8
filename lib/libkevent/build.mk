# SPDX-License-Identifier: MIT
$(eval $(call library,kevent,lib/libkevent/kevent.c))
