// SPDX-License-Identifier: MIT
// The supervisor's Unix socket: one JSON object per line in, one out, one exchange per connection.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "hercules/src/deadline.h"
#include "hercules/src/layout.h"
#include "hercules/src/unique_fd.h"

namespace lab {

using Json = nlohmann::json;

// Sends a request to the supervisor of a lab and returns its reply. A reply that says "error"
// is thrown as LabError; nobody there is kNoLab.
Json Ask(const Layout& layout, const Json& request, milliseconds limit);

class ControlSocket {
 public:
  explicit ControlSocket(const Layout& layout);

  int fd() const { return fd_.get(); }
  // Serves one waiting connection. A LabError from the handler becomes the reply.
  void Serve(const std::function<Json(const Json&)>& handler);

 private:
  UniqueFd fd_;
};

}  // namespace lab
