/* SPDX-License-Identifier: MIT */
/*
 * libkevent - the calls of the 2006 kevent over /dev/kevent
 *
 * Names, argument order and meaning are those of the original; <linux/kevent.h>
 * says what each does. For C and C++.
 *
 * A call that fails returns -1 and sets errno. A timeout whose tv_sec is
 * negative waits for ever; one of zero does not wait. All calls may be made by
 * several threads on one descriptor.
 */
#ifndef S390LOG_KEVENT_H
#define S390LOG_KEVENT_H

#include <linux/kevent.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * kevent_init() - make a queue
 * @ring:	NULL, or page-aligned memory of KEVENT_RING_BYTES(@ring_size) bytes
 *		and whole pages, in whose place the ring is mapped, read-only
 * @ring_size:	slots of the ring, or 0 for a queue without one
 * @flags:	zero
 *
 * With @ring NULL and @ring_size not 0, kevent_ring_map() maps the ring.
 *
 * Return: a descriptor (close-on-exec), or -1: ENOENT if the module kevent is
 * not loaded, EINVAL for @ring, @ring_size or @flags, EACCES, ENOMEM, EMFILE
 */
int kevent_init(struct kevent_ring *ring, unsigned int ring_size, unsigned int flags);

/**
 * kevent_ring_map() - map the ring of a queue
 * @fd:		the queue
 * @ring_size:	as given to kevent_init()
 *
 * Return: the ring, to be unmapped with kevent_ring_unmap(), or NULL
 */
const struct kevent_ring *kevent_ring_map(int fd, unsigned int ring_size);
void kevent_ring_unmap(const struct kevent_ring *ring);

int kevent_ctl(int fd, unsigned int cmd, unsigned int num, struct ukevent *arg);

int kevent_get_events(int ctl_fd, unsigned int min_nr, unsigned int max_nr,
		      struct timespec timeout, struct ukevent *buf, unsigned int flags);

int kevent_wait(int ctl_fd, unsigned int num, unsigned int old_uidx, struct timespec timeout,
		unsigned int flags);

int kevent_commit(int ctl_fd, unsigned int new_uidx, unsigned int over);

#ifdef __cplusplus
}
#endif

#endif /* S390LOG_KEVENT_H */
