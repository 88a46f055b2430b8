/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the common I/O layer exports and declares in headers of its own only
 */
#ifndef _TAPE_IRB_H
#define _TAPE_IRB_H

struct ccw_dev_id;
struct ccw_device;

/* With a reference. */
struct ccw_device *get_ccwdev_by_dev_id(struct ccw_dev_id *dev_id);

#endif /* _TAPE_IRB_H */
