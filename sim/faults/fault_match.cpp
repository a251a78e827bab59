#include "sim/faults/fault_match.hpp"

#include <string>

namespace portcullis::sim {

namespace {

bool matches_name(const std::string& pattern, const Occurrence& occurrence) {
  if (matches_pattern(pattern, occurrence.name)) return true;
  if (occurrence.kind != Occurrence::Kind::kEvent) return false;
  if (!occurrence.cause.empty() && matches_pattern(pattern, occurrence.cause)) return true;
  if (occurrence.detail.empty()) return false;
  std::string qualified{occurrence.name};
  qualified += ':';
  qualified += occurrence.detail;
  return matches_pattern(pattern, qualified);
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) noexcept {
  // Behind each '*' the rest is tried at every place, the last '*' first: no recursion needed.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches(const FaultMatch& match, const Occurrence& occurrence) {
  const auto is_wanted = [](const std::string& wanted, std::string_view found) {
    return wanted.empty() || wanted == found;
  };
  return matches_name(match.name, occurrence) && is_wanted(match.symbol, occurrence.symbol) &&
         is_wanted(match.account, occurrence.account) &&
         is_wanted(match.api_key, occurrence.api_key) &&
         occurrence.client_order_id.starts_with(match.client_order_id);
}

}  // namespace portcullis::sim
