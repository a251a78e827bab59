#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/server.hpp"

namespace CLI {
class App;
}

namespace portcullis::sim {

// How long requests and reports are under way, as the command line says it.
struct LatencyOptions {
  std::string order_in{"none"};
  std::string cancel_in{"none"};
  std::string report_out{"none"};
};

void declare_latency_options(CLI::App& cli, LatencyOptions& options);

// The problem, with the option's name, if there is one.
[[nodiscard]] std::optional<std::string> set_latency(const LatencyOptions& options,
                                                     std::uint64_t seed, ServerConfig& config);

}  // namespace portcullis::sim
