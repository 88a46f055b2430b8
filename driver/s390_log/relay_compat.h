/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relay's callback for a new sub-buffer, in the signature that this kernel has
 *
 * Up to Linux 6.16 it is also given the padding of the sub-buffer before. Which
 * of the two it is, is asked of the type in relay.h and not of the version:
 * distributions backport. A third kind does not compile.
 */
#ifndef _S390_LOG_RELAY_COMPAT_H
#define _S390_LOG_RELAY_COMPAT_H

#include <linux/relay.h>

#include "log.h"

/* The padding is in @buf as well, in all kernels. */
static inline int s390_log_subbuf_start_padded(struct rchan_buf *buf, void *subbuf,
					       void *prev_subbuf, size_t prev_padding)
{
	return s390_log_subbuf_start(buf, subbuf, prev_subbuf);
}

/* Initialises the subbuf_start of a struct rchan_callbacks. */
#define S390_LOG_RELAY_SUBBUF_START						\
	__builtin_choose_expr(							\
		__builtin_types_compatible_p(					\
			typeof(((struct rchan_callbacks *)NULL)->subbuf_start),	\
			typeof(s390_log_subbuf_start_padded) *),		\
		s390_log_subbuf_start_padded, s390_log_subbuf_start)

#endif /* _S390_LOG_RELAY_COMPAT_H */
