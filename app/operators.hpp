#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/config_reader.hpp"

namespace portcullis::app {

// A person, as the configuration knows him: [operators.NAME]. The user id is what the kernel says
// of whoever speaks on the control socket, so that a name cannot be borrowed.
struct Operator {
  std::string name;
  uid_t user{};
  bool may_request{false};  // limits: ask for a higher one, set a lower one
  bool may_approve{false};  // and agree to another's
};

// The people of a configuration; two of them never share a user id.
class Operators {
 public:
  Operators() = default;
  explicit Operators(std::vector<Operator> all) : all_{std::move(all)} {}

  // Nobody: null.
  [[nodiscard]] const Operator* find(uid_t user) const noexcept;
  // Who it was, for the audit log: "ann (uid 1000, user ann)"; a user without a table of his own is
  // told by what the system calls him.
  [[nodiscard]] std::string text_of(uid_t user) const;
  [[nodiscard]] const std::vector<Operator>& all() const noexcept { return all_; }

 private:
  std::vector<Operator> all_;
};

// Reads [operators]; problems are reported there.
[[nodiscard]] Operators read_operators(ConfigSection section);

// Whose process this is, for the acts of a command line: "uid 1000, user ann".
[[nodiscard]] std::string user_text(uid_t user);

}  // namespace portcullis::app
