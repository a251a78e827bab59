#include "sim/markets/latency_model.hpp"

#include <algorithm>

namespace portcullis::sim {

std::expected<LatencyConfig, std::string> parse_latency(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames{"order", "cancel", "report"};
  LatencyConfig config;
  std::array<bool, kNames.size()> is_set{};
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto* name = std::ranges::find(kNames, part.substr(0, equals));
    const auto leg = static_cast<std::size_t>(name - kNames.begin());
    if (name == kNames.end() || is_set[leg]) {
      return std::unexpected{"\"" + std::string{part} +
                             "\": order=, cancel= and report=, each once, such as "
                             "order=const:500us,report=lognormal:400us/3ms"};
    }
    auto source = LatencySource::parse(part.substr(std::min(equals + 1, part.size())));
    if (!source) return std::unexpected{std::string{*name} + ": " + source.error()};
    config.legs[leg] = std::move(*source);
    is_set[leg] = true;
  }
  return config;
}

}  // namespace portcullis::sim
