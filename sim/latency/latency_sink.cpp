#include "sim/latency/latency_sink.hpp"

#include <string>
#include <utility>

namespace portcullis::sim {

void LatencySink::send(SharedText text, std::uint64_t conflation_key) {
  lane_.pass(model_.draw(LatencyLeg::kReportOut),
             [weak = inner_.weak(), text = std::move(text), conflation_key]() mutable {
               if (const auto inner = weak.lock()) inner->send(std::move(text), conflation_key);
             });
}

void LatencySink::close(std::uint16_t code, std::string_view reason) {
  lane_.pass(Nanos{0}, [weak = inner_.weak(), code, reason = std::string{reason}] {
    if (const auto inner = weak.lock()) inner->close(code, reason);
  });
}

void LatencySink::inject(const WireFault& fault) {
  lane_.pass(Nanos{0}, [weak = inner_.weak(), fault] {
    if (const auto inner = weak.lock()) inner->inject(fault);
  });
}

}  // namespace portcullis::sim
