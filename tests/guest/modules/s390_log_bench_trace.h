/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint that s390_log_emit() is compared with: the same event and bytes
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM s390_log_bench

#if !defined(_S390_LOG_BENCH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _S390_LOG_BENCH_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(s390_log_bench_event,
	    TP_PROTO(u32 event, u32 device, const void *payload, size_t length),
	    TP_ARGS(event, device, payload, length),
	    TP_STRUCT__entry(__field(u32, event)
			     __field(u32, device)
			     __dynamic_array(u8, payload, length)),
	    TP_fast_assign(__entry->event = event;
			   __entry->device = device;
			   memcpy(__get_dynamic_array(payload), payload, length);),
	    TP_printk("event=%08x device=%08x length=%u", __entry->event, __entry->device,
		      __get_dynamic_array_len(payload))
);

#endif /* _S390_LOG_BENCH_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE s390_log_bench_trace
#include <trace/define_trace.h>
