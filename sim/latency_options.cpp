#include "sim/latency_options.hpp"

#include <array>
#include <utility>

#include <CLI/CLI.hpp>

#include "sim/latency/latency_model.hpp"

namespace portcullis::sim {

void declare_latency_options(CLI::App& cli, LatencyOptions& options) {
  cli.add_option("--latency-order-in", options.order_in,
                 "How long what may place an order takes to the matching engine: none, "
                 "const:500us, uniform:200us/900us, lognormal:400us/3ms (median and 99th "
                 "percentile), quantiles:0=90us/50=300us/100=40ms, or hlog:FILE#TAG, a histogram "
                 "log as measured")
      ->capture_default_str();
  cli.add_option("--latency-cancel-in", options.cancel_in,
                 "The same for what cancels or amends; one connection's requests keep their order")
      ->capture_default_str();
  cli.add_option("--latency-report-out", options.report_out,
                 "The same for replies and user data events on their way back")
      ->capture_default_str();
}

std::optional<std::string> set_latency(const LatencyOptions& options, std::uint64_t seed,
                                       ServerConfig& config) {
  struct Leg {
    const char* option;
    const std::string& text;
    LatencyLeg leg;
  };
  const std::array legs{Leg{"--latency-order-in", options.order_in, LatencyLeg::kOrderIn},
                        Leg{"--latency-cancel-in", options.cancel_in, LatencyLeg::kCancelIn},
                        Leg{"--latency-report-out", options.report_out, LatencyLeg::kReportOut}};
  for (const Leg& each : legs) {
    auto source = LatencySource::parse(each.text);
    if (!source) return std::string{each.option} + ": " + source.error();
    config.latency.leg(each.leg) = *std::move(source);
  }
  config.latency_seed = seed;
  return std::nullopt;
}

}  // namespace portcullis::sim
