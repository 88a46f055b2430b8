// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver of card readers for the tests: what is written to
 * /sys/module/card_reader/parameters/read becomes channel programs. A reader
 * without cards answers them with a unit check. Never installed.
 */
#include <asm/ccwdev.h>
#include <asm/cio.h>
#include <asm/irq.h>
#include <linux/completion.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#define CARD_READER_CMD_READ	0x02
#define CARD_READER_CARD	80
#define CARD_READER_MAX		1000
#define CARD_READER_LIMIT	(5 * HZ)

static DEFINE_MUTEX(card_reader_lock);	/* one operation at a time */
static DECLARE_COMPLETION(card_reader_done);

static void card_reader_handler(struct ccw_device *cdev, unsigned long intparm, struct irb *irb)
{
	if (intparm)
		complete(&card_reader_done);
}

static int card_reader_probe(struct ccw_device *cdev)
{
	cdev->handler = card_reader_handler;
	return 0;
}

/* Without these no device can be set online or offline. */
static int card_reader_set_online(struct ccw_device *cdev)
{
	return 0;
}

static int card_reader_set_offline(struct ccw_device *cdev)
{
	return 0;
}

static struct ccw_device_id card_reader_ids[] = {
	{ .match_flags = CCW_DEVICE_ID_MATCH_DEVICE_TYPE, .dev_type = 0x3505 },
	{ },
};

static struct ccw_driver card_reader_driver = {
	.driver		= { .owner = THIS_MODULE, .name = "card_reader" },
	.ids		= card_reader_ids,
	.probe		= card_reader_probe,
	.set_online	= card_reader_set_online,
	.set_offline	= card_reader_set_offline,
	.int_class	= IRQIO_VMR,
};

static int card_reader_start(struct ccw_device *cdev, struct ccw1 *ccw)
{
	int rc;

	reinit_completion(&card_reader_done);
	spin_lock_irq(get_ccwdev_lock(cdev));
	rc = ccw_device_start(cdev, ccw, 1, 0, 0);
	spin_unlock_irq(get_ccwdev_lock(cdev));
	if (rc)
		return rc;
	return wait_for_completion_timeout(&card_reader_done, CARD_READER_LIMIT) ? 0 : -ETIMEDOUT;
}

/* The CCW, and behind it the card. */
static struct ccw1 *card_reader_program(void)
{
	struct ccw1 *ccw = kzalloc(sizeof(*ccw) + CARD_READER_CARD, GFP_KERNEL | GFP_DMA);

	if (!ccw)
		return NULL;
	ccw->cmd_code = CARD_READER_CMD_READ;
	ccw->flags = CCW_FLAG_SLI;
	ccw->count = CARD_READER_CARD;
	ccw->cda = (__force typeof(ccw->cda))(u32)virt_to_phys(ccw + 1);
	return ccw;
}

/* read: "BUSID COUNT": reads COUNT times, one after the other. */
static int card_reader_set_read(const char *value, const struct kernel_param *param)
{
	unsigned int i, count;
	struct ccw_device *cdev;
	struct ccw1 *ccw;
	char name[16];
	int rc = 0;

	if (sscanf(value, "%15s %u", name, &count) != 2 || count > CARD_READER_MAX)
		return -EINVAL;
	cdev = get_ccwdev_by_busid(&card_reader_driver, name);
	if (!cdev)
		return -ENODEV;
	ccw = card_reader_program();
	mutex_lock(&card_reader_lock);
	for (i = 0; ccw && !rc && i < count; i++)
		rc = card_reader_start(cdev, ccw);
	mutex_unlock(&card_reader_lock);
	/* What is given up may still be written to. */
	if (rc != -ETIMEDOUT)
		kfree(ccw);
	put_device(&cdev->dev);
	return ccw ? rc : -ENOMEM;
}

static const struct kernel_param_ops card_reader_read_ops = { .set = card_reader_set_read };

module_param_cb(read, &card_reader_read_ops, NULL, 0200);

static int __init card_reader_init(void)
{
	return ccw_driver_register(&card_reader_driver);
}

static void __exit card_reader_exit(void)
{
	ccw_driver_unregister(&card_reader_driver);
}

module_init(card_reader_init);
module_exit(card_reader_exit);

MODULE_DESCRIPTION("Card readers for tests");
MODULE_LICENSE("GPL");
