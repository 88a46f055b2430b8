/* SPDX-License-Identifier: MIT */
/*
 * The calls of kevent over the ioctls of /dev/kevent
 */
#include "s390log/kevent.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEVENT_DEVICE "/dev/kevent"

static size_t kevent_ring_size_bytes(unsigned int ring_size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (KEVENT_RING_BYTES((size_t)ring_size) + page - 1) / page * page;
}

static void *kevent_ring_mmap(int fd, void *where, unsigned int ring_size)
{
	int fixed = where ? MAP_FIXED : 0;

	return mmap(where, kevent_ring_size_bytes(ring_size), PROT_READ, MAP_SHARED | fixed, fd,
		    0);
}

static int kevent_ring_create(int fd, struct kevent_ring *ring, unsigned int ring_size)
{
	struct kevent_init_arg arg = { .ring_size = ring_size, .flags = 0 };

	if (ioctl(fd, KEVENT_IOC_INIT, &arg) < 0)
		return -1;
	if (ring && kevent_ring_mmap(fd, ring, ring_size) == MAP_FAILED)
		return -1;
	return 0;
}

int kevent_init(struct kevent_ring *ring, unsigned int ring_size, unsigned int flags)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	int fd, saved;

	if (flags || (uintptr_t)ring % page || (ring && !ring_size)) {
		errno = EINVAL;
		return -1;
	}
	fd = open(KEVENT_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (ring_size && kevent_ring_create(fd, ring, ring_size) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

const struct kevent_ring *kevent_ring_map(int fd, unsigned int ring_size)
{
	void *ring = kevent_ring_mmap(fd, NULL, ring_size);

	return ring == MAP_FAILED ? NULL : ring;
}

void kevent_ring_unmap(const struct kevent_ring *ring)
{
	munmap((void *)(uintptr_t)ring, kevent_ring_size_bytes(ring->ring_size));
}

static __s64 kevent_timeout_ns(struct timespec timeout)
{
	const __s64 second = 1000000000;

	if (timeout.tv_sec < 0)
		return -1;
	if (timeout.tv_sec >= INT64_MAX / second)
		return INT64_MAX;
	return timeout.tv_sec * second + timeout.tv_nsec;
}

int kevent_ctl(int fd, unsigned int cmd, unsigned int num, struct ukevent *arg)
{
	struct kevent_ctl_arg ctl = { .cmd = cmd, .num = num, .events = (uintptr_t)arg };

	return ioctl(fd, KEVENT_IOC_CTL, &ctl);
}

int kevent_get_events(int ctl_fd, unsigned int min_nr, unsigned int max_nr,
		      struct timespec timeout, struct ukevent *buf, unsigned int flags)
{
	struct kevent_get_arg get = {
		.min_nr = min_nr,
		.max_nr = max_nr,
		.timeout_ns = kevent_timeout_ns(timeout),
		.events = (uintptr_t)buf,
		.flags = flags,
	};

	return ioctl(ctl_fd, KEVENT_IOC_GET_EVENTS, &get);
}

int kevent_wait(int ctl_fd, unsigned int num, unsigned int old_uidx, struct timespec timeout,
		unsigned int flags)
{
	struct kevent_wait_arg wait = {
		.num = num,
		.old_uidx = old_uidx,
		.timeout_ns = kevent_timeout_ns(timeout),
		.flags = flags,
	};

	return ioctl(ctl_fd, KEVENT_IOC_WAIT, &wait);
}

int kevent_commit(int ctl_fd, unsigned int new_uidx, unsigned int over)
{
	struct kevent_commit_arg commit = { .new_uidx = new_uidx, .over = over };

	return ioctl(ctl_fd, KEVENT_IOC_COMMIT, &commit);
}
