#include "app/operators.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <pwd.h>

namespace portcullis::app {

const Operator* Operators::find(uid_t user) const noexcept {
  const auto found = std::ranges::find(all_, user, &Operator::user);
  return found == all_.end() ? nullptr : &*found;
}

std::string Operators::text_of(uid_t user) const {
  const Operator* const known = find(user);
  return known == nullptr ? user_text(user) : known->name + " (" + user_text(user) + ")";
}

std::string user_text(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  std::string text = "uid " + std::to_string(user);
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    text += std::string{", user "} + entry.pw_name;
  }
  return text;
}

Operators read_operators(ConfigSection section) {
  std::vector<Operator> all;
  for (const std::string& name : section.table_names()) {
    ConfigSection table = section.subsection(name);
    Operator person{.name = name};
    person.user = static_cast<uid_t>(
        table.required_integer("uid", 0, std::numeric_limits<std::int32_t>::max()));
    for (const std::string& word : table.required_string_list("may")) {
      if (word == "request") {
        person.may_request = true;
      } else if (word == "approve") {
        person.may_approve = true;
      } else {
        table.report("may", "'" + word + "' is nothing that an operator may do",
                     "use \"request\", \"approve\" or both");
      }
    }
    const auto same = std::ranges::find(all, person.user, &Operator::user);
    if (same != all.end()) {
      table.report("uid", "is " + same->name + "'s too, so that one person could be two",
                   "give each operator a user of his own");
    }
    all.push_back(std::move(person));
  }
  return Operators{std::move(all)};
}

}  // namespace portcullis::app
