#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The accounts by the names that people, scripts and tests know them by. One thread.
class AccountDirectory {
 public:
  // False when the name is taken.
  bool add(const std::string& name, SimAccountId account) {
    if (!by_name_.emplace(name, account).second) return false;
    names_[account] = name;
    return true;
  }
  [[nodiscard]] std::optional<SimAccountId> find(std::string_view name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    return found->second;
  }
  // Empty for the crowd and for nobody.
  [[nodiscard]] std::string_view name_of(SimAccountId account) const {
    const auto found = names_.find(account);
    return found == names_.end() ? std::string_view{} : std::string_view{found->second};
  }
  [[nodiscard]] const std::map<std::string, SimAccountId, std::less<>>& all() const noexcept {
    return by_name_;
  }

 private:
  std::map<std::string, SimAccountId, std::less<>> by_name_;
  std::map<SimAccountId, std::string> names_;
};

}  // namespace portcullis::sim
