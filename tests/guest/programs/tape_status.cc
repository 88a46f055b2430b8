// SPDX-License-Identifier: MIT
//
// tape_status DEVICE: what MTIOCGET and MTIOCPOS say, which the guest's mt does not show. What the
// driver answers from what it knows of the medium has a line of its own.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mtio.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: tape_status DEVICE\n");
    return 2;
  }
  const int fd = open(argv[1], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    perror(argv[1]);
    return 1;
  }
  int failures = 0;
  mtget status{};
  if (ioctl(fd, MTIOCGET, &status) == 0) {
    printf("type %#lx, residual %ld, drive %#lx, error %#lx, file %d\n", status.mt_type,
           status.mt_resid, status.mt_dsreg, status.mt_erreg, static_cast<int>(status.mt_fileno));
    printf("medium: general %#lx, block %d\n", status.mt_gstat, static_cast<int>(status.mt_blkno));
  } else {
    perror("MTIOCGET");
    ++failures;
  }
  mtpos position{};
  if (ioctl(fd, MTIOCPOS, &position) == 0) {
    printf("position %ld\n", position.mt_blkno);
  } else {
    perror("MTIOCPOS");
    ++failures;
  }
  close(fd);
  return failures == 0 ? 0 : 1;
}
