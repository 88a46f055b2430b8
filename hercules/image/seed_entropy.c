/* SPDX-License-Identifier: MIT */
/*
 * Credits the kernel's random generator with what is on standard input, up to 256 bytes. The guest
 * is a test machine whose seed lies in its image: here nobody's secrets depend on it.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_SEED 256

struct seed {
  struct rand_pool_info info;
  unsigned char bytes[MAX_SEED];
};

int main(void) {
  static struct seed seed;
  const int fd = open("/dev/random", O_WRONLY | O_CLOEXEC);
  const ssize_t size = read(STDIN_FILENO, seed.bytes, sizeof(seed.bytes));

  if (fd < 0 || size <= 0) return 1;
  seed.info.buf_size = (int)size;
  seed.info.entropy_count = (int)size * 8;
  if (ioctl(fd, RNDADDENTROPY, &seed) != 0) {
    perror("RNDADDENTROPY");
    return 1;
  }
  return 0;
}
