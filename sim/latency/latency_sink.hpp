#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/latency/latency_lane.hpp"
#include "sim/latency/latency_model.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// A connection's way out that takes the time of LatencyLeg::kReportOut, message by message, in
// order. A lost line (cut) takes along what is under way; a close waits behind it. One thread.
class LatencySink final : public TextSink, public std::enable_shared_from_this<LatencySink> {
 public:
  // `inner` and `model` outlive the sink, `inner` not necessarily what is under way.
  LatencySink(TextSink& inner, LatencyModel& model, Scheduler& scheduler)
      : inner_{inner},
        model_{model},
        lane_{scheduler} {}

  void send(SharedText text, std::uint64_t conflation_key) override;
  void cut() override { inner_.cut(); }
  void close(std::uint16_t code, std::string_view reason) override;
  void inject(const WireFault& fault) override;
  [[nodiscard]] std::weak_ptr<TextSink> weak() override { return weak_from_this(); }
  [[nodiscard]] std::uint64_t connection_id() const override { return inner_.connection_id(); }

 private:
  TextSink& inner_;
  LatencyModel& model_;
  LatencyLane lane_;
};

}  // namespace portcullis::sim
