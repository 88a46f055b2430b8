// SPDX-License-Identifier: GPL-2.0-only
/*
 * A type of kevent requests for the tests: what its callbacks return, and when
 * it fires, is set through /sys/module/kevent_test_type/parameters. Never
 * installed.
 */
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/kevent.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#define KEVENT_TEST_TYPE	20
#define KEVENT_TEST_FIRE_MAX	10000000

static int enqueue_result;
module_param(enqueue_result, int, 0600);
MODULE_PARM_DESC(enqueue_result, "what enqueue returns");

static int callback_result = 1;
module_param(callback_result, int, 0600);
MODULE_PARM_DESC(callback_result, "what the callback returns for an event");

static int confirm_result = 1;
module_param(confirm_result, int, 0600);
MODULE_PARM_DESC(confirm_result, "what the callback returns for the last check");

static unsigned int delay_ms;
module_param(delay_ms, uint, 0600);
MODULE_PARM_DESC(delay_ms, "how long enqueue and dequeue sleep");

static unsigned int confirm_ms;
module_param(confirm_ms, uint, 0600);
MODULE_PARM_DESC(confirm_ms, "how long the last check takes once it knows what to return");

static unsigned int delays;
module_param(delays, uint, 0600);
MODULE_PARM_DESC(delays, "how often one of these delays has begun");

static bool add_in_dequeue;
module_param(add_in_dequeue, bool, 0600);
MODULE_PARM_DESC(add_in_dequeue, "dequeue adds the type once more");

static int add_result;
module_param(add_result, int, 0600);
MODULE_PARM_DESC(add_result, "what that returned");

static int late_calls;
module_param(late_calls, int, 0600);
MODULE_PARM_DESC(late_calls, "callbacks that ran after kevent_del_callbacks() had returned");

static unsigned int fire_event;
module_param(fire_event, uint, 0600);
MODULE_PARM_DESC(fire_event, "number of the event that fire fires");

/* One for each event, or NULL; for enqueue and dequeue under the lock. */
static struct kevent_storage *kevent_test_storages[8];
static DEFINE_MUTEX(kevent_test_lock);

static const struct kevent_callbacks kevent_test_callbacks;
static bool kevent_test_served;

static void kevent_test_called(void)
{
	if (!READ_ONCE(kevent_test_served))
		late_calls++;
}

static void kevent_test_delay(void)
{
	unsigned int delay = READ_ONCE(delay_ms);

	if (!delay)
		return;
	WRITE_ONCE(delays, delays + 1);
	msleep(delay);
}

static int kevent_test_callback(struct kevent *k, const struct kevent_cause *cause)
{
	int result = cause ? READ_ONCE(callback_result) : READ_ONCE(confirm_result);
	unsigned int delay = cause ? 0 : READ_ONCE(confirm_ms);

	kevent_test_called();
	if (delay) {
		WRITE_ONCE(delays, delays + 1);
		mdelay(delay);
	}
	return result;
}

static int kevent_test_enqueue(struct kevent *k, u32 events)
{
	int result = READ_ONCE(enqueue_result);
	unsigned long mask = events;
	unsigned int bit;
	int rc = 0;

	kevent_test_delay();
	kevent_test_called();
	if (result < 0)
		return result;
	mutex_lock(&kevent_test_lock);
	for_each_set_bit(bit, &mask, ARRAY_SIZE(kevent_test_storages)) {
		rc = -ENXIO;
		if (kevent_test_storages[bit])
			rc = kevent_storage_enqueue(kevent_test_storages[bit], k, BIT(bit));
		if (rc)
			break;
	}
	mutex_unlock(&kevent_test_lock);
	return rc ? rc : result;
}

static void kevent_test_dequeue(struct kevent *k, u32 events)
{
	unsigned long mask = events;
	unsigned int bit;

	if (READ_ONCE(add_in_dequeue))
		add_result = kevent_add_callbacks(&kevent_test_callbacks, KEVENT_TEST_TYPE);
	kevent_test_delay();
	kevent_test_called();
	mutex_lock(&kevent_test_lock);
	for_each_set_bit(bit, &mask, ARRAY_SIZE(kevent_test_storages))
		if (kevent_test_storages[bit])
			kevent_storage_dequeue(kevent_test_storages[bit], k, BIT(bit));
	mutex_unlock(&kevent_test_lock);
}

static const struct kevent_callbacks kevent_test_callbacks = {
	.owner		= THIS_MODULE,
	.events		= 0xff,
	.callback	= kevent_test_callback,
	.enqueue	= kevent_test_enqueue,
	.dequeue	= kevent_test_dequeue,
};

/* fire: so many of fire_event, one after the other. */
static int kevent_test_fire(const char *value, const struct kernel_param *param)
{
	unsigned int event = READ_ONCE(fire_event);
	struct kevent_cause cause = { };
	unsigned int i, count;
	int rc;

	rc = kstrtouint(value, 0, &count);
	if (rc)
		return rc;
	if (count > KEVENT_TEST_FIRE_MAX || event >= ARRAY_SIZE(kevent_test_storages))
		return -ERANGE;
	if (!kevent_test_storages[event])
		return -ENXIO;
	cause.event = BIT(event);
	for (i = 0; i < count; i++) {
		cause.ret_data[1] = i + 1;
		kevent_storage_ready(kevent_test_storages[event], &cause);
		if (!(i % 1024))
			cond_resched();
	}
	return 0;
}

/* Under the lock of the module's parameters, or at its init or exit. */
static int kevent_test_add(void)
{
	int rc;

	if (kevent_test_served)
		return -EBUSY;
	WRITE_ONCE(kevent_test_served, true);
	rc = kevent_add_callbacks(&kevent_test_callbacks, KEVENT_TEST_TYPE);
	if (rc)
		WRITE_ONCE(kevent_test_served, false);
	return rc;
}

static void kevent_test_del(void)
{
	if (!kevent_test_served)
		return;
	kevent_del_callbacks(KEVENT_TEST_TYPE);
	WRITE_ONCE(kevent_test_served, false);
}

/* serve: 0 withdraws the type while it is in use, 1 brings it back. */
static int kevent_test_serve(const char *value, const struct kernel_param *param)
{
	bool serve;
	int rc;

	rc = kstrtobool(value, &serve);
	if (rc)
		return rc;
	if (serve)
		return kevent_test_add();
	kevent_test_del();
	return 0;
}

/* unotify: makes the KEVENT_UNOTIFY requests of that id ready. */
static int kevent_test_unotify(const char *value, const struct kernel_param *param)
{
	static const u32 ret_data[2] = { 0, 42 };
	struct kevent_id id = { };
	int rc;

	rc = kstrtouint(value, 0, &id.raw[0]);
	if (!rc)
		kevent_unotify_ready(&id, 1, ret_data);
	return rc;
}

/* new_storage, end_storage, free_storage: those of an object that comes and goes. */
static int kevent_test_number(const char *value, struct kevent_storage ***slot)
{
	unsigned int number;
	int rc;

	rc = kstrtouint(value, 0, &number);
	if (rc)
		return rc;
	if (number >= ARRAY_SIZE(kevent_test_storages))
		return -ERANGE;
	*slot = &kevent_test_storages[number];
	return 0;
}

static int kevent_test_storage_make(struct kevent_storage **slot)
{
	struct kevent_storage *st;

	if (*slot)
		return -EBUSY;
	st = kmalloc(sizeof(*st), GFP_KERNEL);
	if (!st)
		return -ENOMEM;
	kevent_storage_init(NULL, st);
	mutex_lock(&kevent_test_lock);
	*slot = st;
	mutex_unlock(&kevent_test_lock);
	return 0;
}

static int kevent_test_storage_new(const char *value, const struct kernel_param *param)
{
	struct kevent_storage **slot;
	int rc;

	rc = kevent_test_number(value, &slot);
	return rc ? rc : kevent_test_storage_make(slot);
}

static int kevent_test_storage_end(const char *value, const struct kernel_param *param)
{
	struct kevent_storage **slot;
	int rc;

	rc = kevent_test_number(value, &slot);
	if (rc)
		return rc;
	if (!*slot)
		return -ENXIO;
	kevent_storage_fini(*slot);
	return 0;
}

static int kevent_test_storage_free(const char *value, const struct kernel_param *param)
{
	struct kevent_storage **slot, *st;
	int rc;

	rc = kevent_test_number(value, &slot);
	if (rc)
		return rc;
	mutex_lock(&kevent_test_lock);
	st = *slot;
	*slot = NULL;
	mutex_unlock(&kevent_test_lock);
	if (!st)
		return -ENXIO;
	kevent_storage_fini(st);
	kfree(st);
	return 0;
}

static const struct kernel_param_ops kevent_test_new_ops = { .set = kevent_test_storage_new };
static const struct kernel_param_ops kevent_test_end_ops = { .set = kevent_test_storage_end };
static const struct kernel_param_ops kevent_test_free_ops = { .set = kevent_test_storage_free };
static const struct kernel_param_ops kevent_test_fire_ops = { .set = kevent_test_fire };
static const struct kernel_param_ops kevent_test_serve_ops = { .set = kevent_test_serve };
static const struct kernel_param_ops kevent_test_unotify_ops = { .set = kevent_test_unotify };

module_param_cb(new_storage, &kevent_test_new_ops, NULL, 0200);
module_param_cb(end_storage, &kevent_test_end_ops, NULL, 0200);
module_param_cb(free_storage, &kevent_test_free_ops, NULL, 0200);
module_param_cb(fire, &kevent_test_fire_ops, NULL, 0200);
module_param_cb(serve, &kevent_test_serve_ops, NULL, 0200);
module_param_cb(unotify, &kevent_test_unotify_ops, NULL, 0200);

static void kevent_test_free_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kevent_test_storages); i++)
		kfree(kevent_test_storages[i]);
}

static int __init kevent_test_init(void)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < ARRAY_SIZE(kevent_test_storages); i++)
		rc = kevent_test_storage_make(&kevent_test_storages[i]);
	if (!rc)
		rc = kevent_test_add();
	if (rc)
		kevent_test_free_all();
	return rc;
}

static void __exit kevent_test_exit(void)
{
	kevent_test_del();
	kevent_test_free_all();
}

module_init(kevent_test_init);
module_exit(kevent_test_exit);

MODULE_DESCRIPTION("A type of kevent requests for tests");
MODULE_LICENSE("GPL");
