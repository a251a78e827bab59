#pragma once

#include <cstddef>
#include <vector>

#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The part of a history that a query asks for. `all` is oldest first; `id_of` and `time_of` read an
// element, `matches` says whether it counts at all.
template <class Range, class IdOf, class TimeOf, class Matches>
[[nodiscard]] auto select_history(const Range& all, const HistoryQuery& query, IdOf id_of,
                                  TimeOf time_of, Matches matches) {
  std::vector<typename Range::value_type> out;
  const auto is_wanted = [&](const auto& each) {
    return matches(each) && (!query.from_id || id_of(each) >= *query.from_id) &&
           (!query.start || time_of(each) >= *query.start) &&
           (!query.end || time_of(each) <= *query.end);
  };
  if (query.from_id || query.start) {
    for (auto each = all.begin(); each != all.end() && out.size() < query.limit; ++each) {
      if (is_wanted(*each)) out.push_back(*each);
    }
    return out;
  }
  for (auto each = all.rbegin(); each != all.rend() && out.size() < query.limit; ++each) {
    if (is_wanted(*each)) out.push_back(*each);
  }
  return decltype(out){out.rbegin(), out.rend()};
}

}  // namespace portcullis::sim
