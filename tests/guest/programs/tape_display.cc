// SPDX-License-Identifier: MIT
//
// tape_display DEVICE TEXT: shows a text of up to eight characters on the drive. A signal ends the
// wait for the drive, unlike that for most other operations.
#include <asm/tape390.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: tape_display DEVICE TEXT\n");
    return 2;
  }
  const int fd = open(argv[1], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    perror(argv[1]);
    return 1;
  }
  display_struct display{};
  memset(display.message1, ' ', sizeof(display.message1));
  memset(display.message2, ' ', sizeof(display.message2));
  memcpy(display.message1, argv[2], strnlen(argv[2], sizeof(display.message1)));
  const int rc = ioctl(fd, TAPE390_DISPLAY, &display);
  if (rc != 0) perror("TAPE390_DISPLAY");
  close(fd);
  return rc == 0 ? 0 : 1;
}
