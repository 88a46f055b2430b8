// SPDX-License-Identifier: MIT
// What a reader of records yields, in the order of the numbers: a record, or a hole.
#pragma once

#include <optional>
#include <variant>

#include "s390log/loss_cause.h"
#include "s390log/record.h"
#include "s390log/sequence_number.h"

namespace s390log {

// No number from first to last has a record, and none will come.
struct Missing {
  SequenceNumber first;
  SequenceNumber last;
  LossCause cause;
};

using Item = std::variant<Record, Missing>;

class ItemSource {
 public:
  virtual ~ItemSource() = default;

  // Items follow on each other without overlap and without a hole between them. Nothing: no more
  // for now.
  virtual std::optional<Item> Next() = 0;
};

}  // namespace s390log
