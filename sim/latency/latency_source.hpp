#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

// "500us": a whole number of ns, us, ms or s; nothing otherwise.
[[nodiscard]] std::optional<Nanos> parse_time(std::string_view text);

// Where one kind of delay comes from: a distribution as a table of ranges, each with its weight,
// inside which every value is as likely. Integers only: a seed gives the same delays everywhere.
class LatencySource {
 public:
  LatencySource() = default;  // always zero

  // "none", or one of
  //   const:500us                        always the same
  //   uniform:200us/900us                anything between
  //   lognormal:400us/3ms                median and 99th percentile; a few are ten times that
  //   quantiles:0=90us/50=300us/99=2ms/100=40ms   percentiles, straight lines between them
  //   hlog:FILE#TAG                      as a histogram log says (the gateway's hops.hlog, in ns)
  // Units: ns, us, ms, s. The problem, with what was read, otherwise.
  static std::expected<LatencySource, std::string> parse(std::string_view text);

  [[nodiscard]] Nanos draw(Random& random) const;
  [[nodiscard]] bool is_zero() const noexcept { return steps_.empty(); }

 private:
  friend class LatencyTable;
  struct Step {
    std::uint64_t end;  // of the weights up to and with this range
    std::int64_t low_ns;
    std::int64_t high_ns;
  };
  std::vector<Step> steps_;
};

}  // namespace portcullis::sim
