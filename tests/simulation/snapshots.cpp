#include "tests/simulation/snapshots.hpp"

#include <memory>
#include <string_view>

namespace portcullis::simulation {

namespace {

constexpr std::size_t kSlackBytes = 64;  // what a SIMD parser may read beyond the body

}  // namespace

bool SimulatedSnapshots::request(SymbolId symbol) noexcept {
  const Nanos way = 2 * network_.draw_delay() + std::chrono::milliseconds{2};
  network_.timeline.at(network_.timeline.now().mono + way,
                       [this, symbol, life = std::weak_ptr{life_}] {
                         if (!life.expired()) answer(symbol);
                       });
  return true;
}

bool SimulatedSnapshots::take(Reply& out) noexcept {
  if (replies_.empty()) return false;
  out = replies_.front();
  replies_.pop_front();
  return true;
}

void SimulatedSnapshots::answer(SymbolId symbol) {
  Reply reply{.symbol = symbol};
  const NetworkConditions& conditions = network_.conditions;
  const bool is_reachable =
      !conditions.refuses && !conditions.is_up_blocked && !conditions.is_down_blocked;
  const auto body = is_reachable ? venue_.depth(instruments_.at(symbol).symbol) : std::nullopt;
  if (body) {
    reply.http_status = 200;
    auto text = std::make_unique<std::string>(*body);
    text->reserve(text->size() + kSlackBytes);
    reply.body = text.release();
  } else {
    constexpr std::string_view kCause = "no answer";
    kCause.copy(reply.error.data(), reply.error.size() - 1);
  }
  replies_.push_back(reply);
}

}  // namespace portcullis::simulation
