// SPDX-License-Identifier: MIT
// The records of one CPU in the order of their numbers: from a live buffer (CpuCursor), or from a
// captured one (CaptureCursor).
#pragma once

#include "s390log/record.h"

namespace s390log {

class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The next record, if there is one; Pop() passes it. A view: valid until the next Peek().
  virtual const Record* Peek() = 0;
  virtual void Pop() = 0;

  // The record that Peek() shows cannot be true: it and the rest of its sub-buffer are passed over.
  virtual void Reject() = 0;
};

}  // namespace s390log
