#include "sim/markets/capture_market.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/decimal.hpp"
#include "sim/markets/capture_player.hpp"

namespace portcullis::sim {

struct CaptureMarket::Impl {
  // The player whose line comes next in the recorded time; null: all have ended. Of one moment's
  // lines those of the source named first.
  [[nodiscard]] CapturePlayer* next() {
    CapturePlayer* first = nullptr;
    for (const auto& player : players) {
      if (player->next_ns() && (first == nullptr || *player->next_ns() < *first->next_ns())) {
        first = player.get();
      }
    }
    return first;
  }

  [[nodiscard]] bool is_due(const CapturePlayer& player, WallTime now) const {
    if (speed == 0) return true;
    const Int128 passed_ns = Int128{(now - *started).count()} * speed;
    return Int128{*player.next_ns()} - first_line_ns <= passed_ns;
  }

  std::vector<std::unique_ptr<CapturePlayer>> players;
  std::int64_t speed{1};
  std::int64_t first_line_ns{0};
  std::optional<WallTime> started;
};

std::expected<std::unique_ptr<CaptureMarket>, std::string> CaptureMarket::open(
    Exchange& exchange, const CaptureMarketConfig& config) {
  if (config.sources.empty()) {
    return std::unexpected{std::string{"no capture to replay: name at least one file"}};
  }
  auto impl = std::make_unique<Impl>();
  impl->speed = config.speed;
  impl->first_line_ns = std::numeric_limits<std::int64_t>::max();
  for (const CaptureSource& source : config.sources) {
    auto player = CapturePlayer::open(exchange, source);
    if (!player) return std::unexpected{player.error()};
    const auto first_ns = (*player)->next_ns();
    if (first_ns) impl->first_line_ns = std::min(impl->first_line_ns, *first_ns);
    impl->players.push_back(std::move(*player));
  }
  return std::unique_ptr<CaptureMarket>{new CaptureMarket{std::move(impl)}};
}

CaptureMarket::CaptureMarket(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
CaptureMarket::~CaptureMarket() = default;

void CaptureMarket::step(WallTime now) {
  if (!impl_->started) impl_->started = now;
  for (int i = 0; i < kMaxLinesPerStep; ++i) {
    CapturePlayer* player = impl_->next();
    if (player == nullptr || !impl_->is_due(*player, now)) return;
    player->play(now);
  }
}

bool CaptureMarket::is_finished() const {
  return impl_->next() == nullptr;
}

const CaptureMarket::Stats& CaptureMarket::stats(std::size_t source) const {
  return impl_->players.at(source)->stats();
}

}  // namespace portcullis::sim
