#include "sim/latency/latency_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/decimal.hpp"
#include "core/histogram_log_reader.hpp"

namespace portcullis::sim {

// Fills a source's table from below.
class LatencyTable {
 public:
  void add(std::uint64_t weight, std::int64_t low_ns, std::int64_t high_ns) {
    if (weight == 0) return;
    total_ += weight;
    source_.steps_.push_back({.end = total_, .low_ns = low_ns, .high_ns = high_ns});
  }
  [[nodiscard]] LatencySource take() { return std::move(source_); }

 private:
  LatencySource source_;
  std::uint64_t total_{0};
};

namespace {

using Parsed = std::expected<LatencySource, std::string>;
__extension__ using UInt128 = unsigned __int128;

struct Part {
  std::string_view head;
  std::string_view rest;  // behind the separator
};
Part cut(std::string_view text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

std::optional<std::int64_t> parse_ns(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, count);
  const std::string_view unit{after, end};
  constexpr std::int64_t kDay = 86'400;
  if (error != std::errc{} || count < 0) return std::nullopt;
  if (unit == "ns") return count;
  if (count > kDay * 1'000'000) return std::nullopt;
  if (unit == "us") return count * 1'000;
  if (count > kDay * 1'000) return std::nullopt;
  if (unit == "ms") return count * 1'000'000;
  if (count > kDay) return std::nullopt;
  if (unit == "s") return count * 1'000'000'000;
  return std::nullopt;
}

std::unexpected<std::string> no_time(std::string_view text) {
  return std::unexpected{"\"" + std::string{text} +
                         "\" is no time: a whole number of ns, us, ms or s, such as 500us"};
}

Parsed parse_constant(std::string_view text) {
  const auto value = parse_ns(text);
  if (!value) return no_time(text);
  LatencyTable table;
  if (*value > 0) table.add(1, *value, *value);
  return table.take();
}

std::expected<std::pair<std::int64_t, std::int64_t>, std::string> parse_two(std::string_view text) {
  if (!text.contains('/')) {
    return std::unexpected{"\"" + std::string{text} + "\": two times, such as 200us/900us"};
  }
  const auto [first_text, second_text] = cut(text, '/');
  const auto first = parse_ns(first_text);
  if (!first) return no_time(first_text);
  const auto second = parse_ns(second_text);
  if (!second) return no_time(second_text);
  if (*second < *first) {
    return std::unexpected{"\"" + std::string{text} + "\": the second time is the larger one"};
  }
  return std::pair{*first, *second};
}

Parsed parse_uniform(std::string_view text) {
  const auto ends = parse_two(text);
  if (!ends) return std::unexpected{ends.error()};
  LatencyTable table;
  table.add(1, ends->first, ends->second);
  return table.take();
}

// ---- lognormal

// The normal distribution: how many deviations from the middle a share of it begins, in millionths.
struct NormalQuantile {
  std::uint64_t below_ppm10;  // of ten million
  std::int64_t deviation_ppm;
};
constexpr std::array kUpperHalf{
    NormalQuantile{5'000'000, 0},         NormalQuantile{6'000'000, 253'347},
    NormalQuantile{7'000'000, 524'401},   NormalQuantile{8'000'000, 841'621},
    NormalQuantile{9'000'000, 1'281'552}, NormalQuantile{9'500'000, 1'644'854},
    NormalQuantile{9'800'000, 2'053'749}, NormalQuantile{9'900'000, 2'326'348},
    NormalQuantile{9'950'000, 2'575'829}, NormalQuantile{9'980'000, 2'878'162},
    NormalQuantile{9'990'000, 3'090'232}, NormalQuantile{9'998'000, 3'540'084},
    NormalQuantile{9'999'000, 3'719'016}, NormalQuantile{9'999'900, 4'264'891},
    NormalQuantile{10'000'000, 5'000'000}};
constexpr std::int64_t kDeviationOfP99 = 2'326'348;
constexpr unsigned kFraction = 32;  // fixed point: this many bits behind the point
constexpr unsigned kPowerBits = 20;

UInt128 square_root(UInt128 square) {
  UInt128 root = 0;
  for (UInt128 bit = UInt128{1} << 62U; bit > 0; bit >>= 1U) {
    const UInt128 tried = root | bit;
    if (tried * tried <= square) root = tried;
  }
  return root;
}

// base^(exponent / 2^kPowerBits), base and result in fixed point. The base is below 2^30, the
// exponent below 2^2.
UInt128 power(UInt128 base, std::uint64_t exponent) {
  UInt128 result = UInt128{1} << kFraction;
  for (std::uint64_t whole = exponent >> kPowerBits; whole > 0; --whole) {
    result = result * base >> kFraction;
  }
  UInt128 root = base;
  for (unsigned bit = kPowerBits; bit-- > 0;) {
    root = square_root(root << kFraction);
    if ((exponent >> bit & 1U) != 0) result = result * root >> kFraction;
  }
  return result;
}

Parsed parse_lognormal(std::string_view text) {
  const auto both = parse_two(text);
  if (!both) return std::unexpected{both.error()};
  const std::int64_t median = both->first;
  const std::int64_t p99 = both->second;
  constexpr std::int64_t kRatioMax = 10'000;
  if (median == 0 || p99 / median > kRatioMax) {
    return std::unexpected{"\"" + std::string{text} +
                           "\": the median is above 0 and the 99th percentile at most " +
                           std::to_string(kRatioMax) + " times it"};
  }
  const UInt128 ratio = (static_cast<UInt128>(p99) << kFraction) / static_cast<UInt128>(median);
  const auto factor_at = [ratio](const NormalQuantile& quantile) {
    return power(ratio, static_cast<std::uint64_t>((quantile.deviation_ppm << kPowerBits) /
                                                   kDeviationOfP99));
  };
  const auto above = [&](const NormalQuantile& quantile) {
    return static_cast<std::int64_t>(static_cast<UInt128>(median) * factor_at(quantile) >>
                                     kFraction);
  };
  const auto below = [&](const NormalQuantile& quantile) {
    return static_cast<std::int64_t>((static_cast<UInt128>(median) << kFraction) /
                                     factor_at(quantile));
  };
  LatencyTable table;
  for (std::size_t i = kUpperHalf.size() - 1; i > 0; --i) {
    table.add(kUpperHalf[i].below_ppm10 - kUpperHalf[i - 1].below_ppm10, below(kUpperHalf[i]),
              below(kUpperHalf[i - 1]));
  }
  for (std::size_t i = 1; i < kUpperHalf.size(); ++i) {
    table.add(kUpperHalf[i].below_ppm10 - kUpperHalf[i - 1].below_ppm10, above(kUpperHalf[i - 1]),
              above(kUpperHalf[i]));
  }
  return table.take();
}

// ---- percentiles and recordings

// "99.9" as 999000 of a million.
std::optional<std::int64_t> parse_percentile(std::string_view text) {
  const auto percent = parse_fixed8(text);
  constexpr std::int64_t kRawOfPpm = kDecimalScale / 10'000;
  if (!percent || *percent < 0 || *percent > 100 * kDecimalScale || *percent % kRawOfPpm != 0) {
    return std::nullopt;
  }
  return *percent / kRawOfPpm;
}

Parsed parse_quantiles(std::string_view text) {
  LatencyTable table;
  std::int64_t last_ppm = 0;
  std::int64_t last_ns = 0;
  bool is_first = true;
  while (!text.empty()) {
    const auto [pair, rest] = cut(text, '/');
    text = rest;
    const auto [percent_text, time_text] = cut(pair, '=');
    const auto ppm = parse_percentile(percent_text);
    const auto ns = parse_ns(time_text);
    if (!ns) return no_time(time_text);
    if (!ppm || *ppm < last_ppm || *ns < last_ns || (is_first && *ppm != 0)) {
      return std::unexpected{"\"" + std::string{pair} +
                             "\": percentiles and times both rise, from 0 to 100"};
    }
    table.add(static_cast<std::uint64_t>(*ppm - last_ppm), last_ns, *ns);
    last_ppm = *ppm;
    last_ns = *ns;
    is_first = false;
  }
  if (last_ppm != 1'000'000) return std::unexpected{std::string{"quantiles end at 100"}};
  return table.take();
}

Parsed parse_recording(std::string_view text) {
  const auto [path, tag] = cut(text, '#');
  const auto ranges = read_histogram_log(std::string{path}, tag);
  if (!ranges) return std::unexpected{ranges.error()};
  LatencyTable table;
  for (const HistogramRange& range : *ranges) table.add(range.count, range.low, range.high);
  if (ranges->empty()) {
    return std::unexpected{std::string{path} + ": nothing was recorded under that tag"};
  }
  return table.take();
}

}  // namespace

std::optional<Nanos> parse_time(std::string_view text) {
  const auto ns = parse_ns(text);
  if (!ns) return std::nullopt;
  return Nanos{*ns};
}

Parsed LatencySource::parse(std::string_view text) {
  if (text == "none") return LatencySource{};
  const auto [kind, detail] = cut(text, ':');
  if (kind == "const") return parse_constant(detail);
  if (kind == "uniform") return parse_uniform(detail);
  if (kind == "lognormal") return parse_lognormal(detail);
  if (kind == "quantiles") return parse_quantiles(detail);
  if (kind == "hlog") return parse_recording(detail);
  return std::unexpected{"\"" + std::string{text} +
                         "\" is no delay: none, const:TIME, uniform:FROM/TO, "
                         "lognormal:MEDIAN/P99, quantiles:0=TIME/../100=TIME or hlog:FILE#TAG"};
}

Nanos LatencySource::draw(Random& random) const {
  if (steps_.empty()) return Nanos{0};
  const std::uint64_t at = random.next() % steps_.back().end;
  const auto step = std::ranges::upper_bound(steps_, at, {}, &Step::end);
  return Nanos{step->low_ns + random.below(step->high_ns - step->low_ns + 1)};
}

}  // namespace portcullis::sim
