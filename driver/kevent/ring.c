// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring that user space has mapped
 *
 * The kernel writes it and never reads it back: its own indexes are in the
 * queue. Head and tail run freely, so that full (head - tail == size) and empty
 * (head == tail) differ; the slot numbers wrap at the size, which may be any.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "queue.h"

static unsigned long kevent_ring_bytes(u32 size)
{
	return PAGE_ALIGN(KEVENT_RING_BYTES((unsigned long)size));
}

/* As vmalloc_user(), but charged to the memory cgroup of the caller. vfree() undoes it. */
static struct kevent_ring *kevent_ring_alloc(unsigned int nr_pages)
{
	struct page **pages;
	unsigned int i;
	void *ring;

	pages = kvcalloc(nr_pages, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return NULL;
	for (i = 0; i < nr_pages; i++) {
		pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!pages[i])
			goto err_pages;
	}
	ring = vmap(pages, nr_pages, VM_MAP | VM_MAP_PUT_PAGES | VM_USERMAP, PAGE_KERNEL);
	if (ring)
		return ring;

err_pages:
	while (i)
		__free_page(pages[--i]);
	kvfree(pages);
	return NULL;
}

/**
 * kevent_ring_create() - KEVENT_IOC_INIT
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: 0, -EINVAL, -EBUSY if there is one, -ENOMEM also beyond the user's limit
 */
int kevent_ring_create(struct kevent_queue *q, const struct kevent_init_arg *arg)
{
	unsigned long bytes = kevent_ring_bytes(arg->ring_size);
	struct kevent_ring *ring;
	int rc;

	if (!arg->ring_size || arg->ring_size > KEVENT_MAX_RING || arg->flags)
		return -EINVAL;
	if (mutex_lock_killable(&q->lock))
		return -EINTR;
	rc = -EBUSY;
	if (q->ring)
		goto out;
	rc = kevent_user_charge(q->user, bytes >> PAGE_SHIFT);
	if (rc)
		goto out;
	rc = -ENOMEM;
	ring = kevent_ring_alloc(bytes >> PAGE_SHIFT);
	if (!ring)
		goto err_charge;
	ring->ring_size = arg->ring_size;
	q->ring_size = arg->ring_size;
	/* Pairs with the acquire of those who look without the lock. */
	smp_store_release(&q->ring, ring);
	rc = 0;
out:
	mutex_unlock(&q->lock);
	return rc;

err_charge:
	kevent_user_uncharge(q->user, bytes >> PAGE_SHIFT);
	goto out;
}

/**
 * kevent_ring_destroy() - free the ring of a queue
 * @q:		a queue that no thread can reach, and whose ring nobody has mapped
 */
void kevent_ring_destroy(struct kevent_queue *q)
{
	if (!q->ring)
		return;
	kevent_user_uncharge(q->user, kevent_ring_bytes(q->ring_size) >> PAGE_SHIFT);
	vfree(q->ring);
}

/**
 * kevent_ring_mmap() - map the ring
 * @q:		the queue; not locked, because the mmap lock is held
 * @vma:	the mapping; it holds the file, and so the queue
 *
 * Return: 0, -ENXIO if there is no ring, -EINVAL or -EPERM
 */
int kevent_ring_mmap(struct kevent_queue *q, struct vm_area_struct *vma)
{
	struct kevent_ring *ring;
	int rc;

	/* With it come its size and its contents; see kevent_ring_create(). */
	ring = smp_load_acquire(&q->ring);
	if (!ring)
		return -ENXIO;
	if (vma->vm_pgoff)
		return -EINVAL;
	rc = compat_mmap_readonly(vma, kevent_ring_bytes(q->ring_size));
	if (rc)
		return rc;
	return remap_vmalloc_range(vma, ring, 0);
}

/**
 * kevent_ring_full() - is there no free slot?
 * @q:		the queue; exact if locked, a hint if not
 *
 * Return: true if it is full
 */
bool kevent_ring_full(const struct kevent_queue *q)
{
	return READ_ONCE(q->head) - READ_ONCE(q->tail) >= q->ring_size;
}

/**
 * kevent_ring_unread() - is there an event that is not committed?
 * @q:		the queue; exact if locked, a hint if not
 *
 * Return: true if there is
 */
bool kevent_ring_unread(const struct kevent_queue *q)
{
	return READ_ONCE(q->head) != READ_ONCE(q->tail);
}

/**
 * kevent_ring_put() - put an event into the ring
 * @q:		the queue, locked, with a ring that is not full
 * @uk:		the event
 */
void kevent_ring_put(struct kevent_queue *q, const struct ukevent *uk)
{
	u32 next = q->kidx + 1 == q->ring_size ? 0 : q->kidx + 1;

	lockdep_assert_held(&q->lock);
	q->ring->event[q->kidx] = *uk;
	WRITE_ONCE(q->head, q->head + 1);
	WRITE_ONCE(q->kidx, next);
	/*
	 * The slot before the indexes; pairs with the acquire of user space.
	 * tests/model/ring.pml has the proof.
	 */
	smp_store_release(&q->ring->ring_head, q->head);
	/* Likewise, for those who go by slots. */
	smp_store_release(&q->ring->ring_kidx, next);
}

/* How far the user's pair is beyond the tail; negative if behind. */
static s64 kevent_ring_distance(const struct kevent_queue *q, u32 uidx, u32 over)
{
	return (s64)(s32)(over - q->over) * q->ring_size + uidx - q->uidx;
}

/**
 * kevent_ring_commit() - KEVENT_IOC_COMMIT
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: slots freed, or -EINVAL
 */
long kevent_ring_commit(struct kevent_queue *q, const struct kevent_commit_arg *arg)
{
	s64 freed;

	if (mutex_lock_killable(&q->lock))
		return -EINTR;
	freed = -EINVAL;
	if (!q->ring || arg->new_uidx >= q->ring_size)
		goto out;
	freed = max_t(s64, kevent_ring_distance(q, arg->new_uidx, arg->over), 0);
	if (freed > q->head - q->tail) {
		freed = -EINVAL;
	} else if (freed) {
		WRITE_ONCE(q->tail, q->tail + (u32)freed);
		q->uidx = arg->new_uidx;
		q->over = arg->over;
		WRITE_ONCE(q->ring->ring_tail, q->tail);
		WRITE_ONCE(q->ring->ring_uidx, q->uidx);
		WRITE_ONCE(q->ring->ring_over, q->over);
	}
out:
	mutex_unlock(&q->lock);
	if (freed > 0)
		wake_up_interruptible(&q->wait);
	return freed;
}
