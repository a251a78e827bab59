#include "sim/markets/capture_market.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "core/decimal.hpp"
#include "sim/markets/capture_reader.hpp"

namespace portcullis::sim {

namespace {

using Json = simdjson::dom::element;

template <class Decimal>
bool read_decimal(Json value, Decimal& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  const auto parsed = Decimal::parse(text);
  if (!parsed) return false;
  out = *parsed;
  return true;
}

bool read_levels(Json event, std::string_view key, std::vector<Level>& out) {
  out.clear();
  simdjson::dom::array rows;
  if (event[key].get(rows) != simdjson::SUCCESS) return false;
  for (const Json row : rows) {
    Level level;
    Json px;
    Json qty;
    if (row.at(0).get(px) != simdjson::SUCCESS || row.at(1).get(qty) != simdjson::SUCCESS) {
      return false;
    }
    if (!read_decimal(px, level.px) || !read_decimal(qty, level.qty)) return false;
    out.push_back(level);
  }
  return true;
}

}  // namespace

struct CaptureMarket::Impl {
  struct Depth {
    std::uint64_t first_id{0};
    std::uint64_t last_id{0};
    std::vector<Level> bids;
    std::vector<Level> asks;
  };

  Impl(Exchange& the_exchange, const CaptureMarketConfig& the_config, CaptureReader the_reader)
      : exchange{the_exchange},
        config{the_config},
        reader{std::move(the_reader)} {
    line = reader.next();
    if (line) first_line_ns = line->received_ns;
  }

  [[nodiscard]] bool is_due(WallTime now) const {
    if (config.speed == 0) return true;
    const Int128 passed_ns = Int128{(now - *started).count()} * config.speed;
    return Int128{line->received_ns} - first_line_ns <= passed_ns;
  }

  void play_line(WallTime now) {
    ++stats.lines;
    const bool is_frame = line->json.starts_with(R"({"stream":)");
    if (is_frame && line->json.find("@bookTicker") != std::string_view::npos) return;
    Json frame;
    if (parser.parse(line->json.data(), line->json.size()).get(frame) != simdjson::SUCCESS ||
        !(is_frame ? play_frame(frame, now) : play_snapshot(frame, now))) {
      ++stats.malformed;
    }
  }

  // False: not what the format says.
  bool play_frame(Json frame, WallTime now) {
    std::string_view stream;
    Json event;
    if (frame["stream"].get(stream) != simdjson::SUCCESS) return false;
    if (frame["data"].get(event) != simdjson::SUCCESS) return false;
    if (stream.find("@depth") != std::string_view::npos) return play_depth(event, now);
    if (stream.ends_with("@trade")) return play_trade(event, now);
    return true;  // a stream that has no part in the replay
  }

  bool play_trade(Json event, WallTime now) {
    Level print;
    Json px;
    Json qty;
    bool is_buyer_maker = false;
    if (event["p"].get(px) != simdjson::SUCCESS || event["q"].get(qty) != simdjson::SUCCESS ||
        event["m"].get(is_buyer_maker) != simdjson::SUCCESS) {
      return false;
    }
    if (!read_decimal(px, print.px) || !read_decimal(qty, print.qty)) return false;
    if (!is_synced) return true;
    ++stats.trades;
    exchange.print_crowd_trade(config.symbol, is_buyer_maker ? Side::kSell : Side::kBuy, print,
                               now);
    return true;
  }

  bool play_depth(Json event, WallTime now) {
    Depth depth;
    if (event["U"].get(depth.first_id) != simdjson::SUCCESS ||
        event["u"].get(depth.last_id) != simdjson::SUCCESS) {
      return false;
    }
    if (!read_levels(event, "b", depth.bids) || !read_levels(event, "a", depth.asks)) return false;
    if (is_synced) {
      apply(depth, now);
    } else if (early.size() < kEarlyMax) {
      early.push_back(std::move(depth));
    }
    return true;
  }

  bool play_snapshot(Json frame, WallTime now) {
    Depth snapshot;
    if (frame["lastUpdateId"].get(snapshot.last_id) != simdjson::SUCCESS) return false;
    if (!read_levels(frame, "bids", snapshot.bids)) return false;
    if (!read_levels(frame, "asks", snapshot.asks)) return false;
    prepend_removals(snapshot);
    exchange.set_crowd_levels(config.symbol, snapshot.bids, snapshot.asks, now);
    stats.last_update_id = snapshot.last_id;
    is_synced = true;
    for (const Depth& depth : std::exchange(early, {})) apply(depth, now);
    return true;
  }

  // What the snapshot does not name is gone, an earlier recording's leftovers among it.
  void prepend_removals(Depth& snapshot) const {
    const DepthSnapshot present = exchange.depth(config.symbol, static_cast<std::size_t>(-1));
    const auto prepend = [](const std::vector<Level>& old, std::vector<Level>& levels) {
      std::vector<Level> removals;
      for (const Level& level : old) removals.push_back({.px = level.px, .qty = {}});
      levels.insert(levels.begin(), removals.begin(), removals.end());
    };
    prepend(present.bids, snapshot.bids);
    prepend(present.asks, snapshot.asks);
  }

  // Binance, "How to manage a local order book correctly".
  void apply(const Depth& depth, WallTime now) {
    if (depth.last_id <= stats.last_update_id) {
      ++stats.depth_dropped;
      return;
    }
    if (depth.first_id > stats.last_update_id + 1) ++stats.depth_gaps;
    exchange.set_crowd_levels(config.symbol, depth.bids, depth.asks, now);
    stats.last_update_id = depth.last_id;
    ++stats.depth_applied;
  }

  static constexpr std::size_t kEarlyMax = 10'000;  // a capture whose snapshot never comes

  Exchange& exchange;
  const CaptureMarketConfig config;
  CaptureReader reader;
  simdjson::dom::parser parser;
  std::optional<CaptureReader::Line> line;  // the next one; nothing: the end
  std::int64_t first_line_ns{0};
  std::optional<WallTime> started;
  bool is_synced{false};
  std::vector<Depth> early;  // before the snapshot
  Stats stats;
};

std::expected<std::unique_ptr<CaptureMarket>, std::string> CaptureMarket::open(
    Exchange& exchange, const CaptureMarketConfig& config) {
  if (config.symbol >= exchange.symbols().size()) {
    return std::unexpected{
        std::string{"the capture has no symbol to mirror: add one to the exchange's list"}};
  }
  auto reader = CaptureReader::open(config.files);
  if (!reader) return std::unexpected{reader.error()};
  return std::unique_ptr<CaptureMarket>{
      new CaptureMarket{std::make_unique<Impl>(exchange, config, std::move(*reader))}};
}

CaptureMarket::CaptureMarket(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
CaptureMarket::~CaptureMarket() = default;

void CaptureMarket::step(WallTime now) {
  if (!impl_->started) impl_->started = now;
  for (int i = 0; i < kMaxLinesPerStep && impl_->line && impl_->is_due(now); ++i) {
    impl_->play_line(now);
    impl_->line = impl_->reader.next();
  }
  impl_->stats.untimed = impl_->reader.malformed();
}

bool CaptureMarket::is_finished() const {
  return !impl_->line;
}

const CaptureMarket::Stats& CaptureMarket::stats() const noexcept {
  return impl_->stats;
}

}  // namespace portcullis::sim
