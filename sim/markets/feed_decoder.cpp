#include "sim/markets/feed_decoder.hpp"

#include <cstdint>
#include <utility>

#include <simdjson.h>

#include "core/decimal.hpp"

namespace portcullis::sim {

namespace {

using Json = simdjson::dom::element;

constexpr std::int64_t kNanosPerMicro = 1'000;
constexpr std::int64_t kNanosPerMilli = 1'000'000;
// A count of milliseconds reaches this in the year 5138, one of microseconds did in 1973.
constexpr std::int64_t kFirstMicros = 100'000'000'000'000;

template <class Decimal>
bool read_decimal(Json value, Decimal& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  const auto parsed = Decimal::parse(text);
  if (!parsed) return false;
  out = *parsed;
  return true;
}

template <class Decimal>
bool read_decimal_at(Json object, std::string_view key, Decimal& out) {
  Json value;
  return object[key].get(value) == simdjson::SUCCESS && read_decimal(value, out);
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

std::optional<WallTime> read_time(Json event, std::string_view key) {
  std::int64_t count = 0;
  if (event[key].get(count) != simdjson::SUCCESS || count < 0) return std::nullopt;
  return wall_time(count * (count < kFirstMicros ? kNanosPerMilli : kNanosPerMicro));
}

}  // namespace

struct FeedDecoder::Impl {
  bool read_depth(Json event, WallTime received) {
    if (event["U"].get(depth.first_id) != simdjson::SUCCESS ||
        event["u"].get(depth.last_id) != simdjson::SUCCESS) {
      return false;
    }
    std::uint64_t previous = 0;
    const bool is_usdm = event["pu"].get(previous) == simdjson::SUCCESS;
    depth.previous_id = is_usdm ? std::optional{previous} : std::nullopt;
    const auto transacted = read_time(event, "T");
    if (is_usdm && transacted) {
      depth.covers = *transacted + std::chrono::milliseconds{1};
    } else {
      depth.covers = read_time(event, "E").value_or(received);
    }
    return read_levels(event, "b", depth.bids) && read_levels(event, "a", depth.asks);
  }

  Kind read_print(Json event, WallTime received) {
    // USD-M: only these are trades of the market; others are insurance fund and liquidation books.
    std::string_view sort;
    if (event["X"].get(sort) == simdjson::SUCCESS && sort != "MARKET") return Kind::kOther;
    if (!read_decimal_at(event, "p", print.level.px) ||
        !read_decimal_at(event, "q", print.level.qty) ||
        event["m"].get(print.is_buyer_maker) != simdjson::SUCCESS) {
      return Kind::kMalformed;
    }
    // Without an id there is nothing to tell twins by.
    if (event["t"].get(print.trade_id) != simdjson::SUCCESS) print.trade_id = 0;
    print.time = read_time(event, "T").value_or(received);
    return Kind::kPrint;
  }

  simdjson::dom::parser parser;
  std::string symbol;
  DepthUpdate depth;
  FeedPrint print;
  DepthImage image;
};

FeedDecoder::FeedDecoder() : impl_{std::make_unique<Impl>()} {
}
FeedDecoder::~FeedDecoder() = default;
FeedDecoder::FeedDecoder(FeedDecoder&&) noexcept = default;
FeedDecoder& FeedDecoder::operator=(FeedDecoder&&) noexcept = default;

FeedDecoder::Kind FeedDecoder::read_frame(std::string_view json, WallTime received) {
  Json frame;
  std::string_view stream;
  Json event;
  impl_->symbol.clear();
  if (impl_->parser.parse(json.data(), json.size()).get(frame) != simdjson::SUCCESS ||
      frame["stream"].get(stream) != simdjson::SUCCESS ||
      frame["data"].get(event) != simdjson::SUCCESS) {
    return Kind::kMalformed;
  }
  if (stream.ends_with("serverShutdown")) return Kind::kShutdown;
  const std::size_t at = stream.find('@');
  impl_->symbol = stream.substr(0, at);
  const std::string_view name = at == std::string_view::npos ? "" : stream.substr(at);
  if (name.starts_with("@depth")) {
    return impl_->read_depth(event, received) ? Kind::kDepth : Kind::kMalformed;
  }
  return name == "@trade" ? impl_->read_print(event, received) : Kind::kOther;
}

bool FeedDecoder::read_image(std::string_view json) {
  Json frame;
  DepthImage& image = impl_->image;
  return impl_->parser.parse(json.data(), json.size()).get(frame) == simdjson::SUCCESS &&
         frame["lastUpdateId"].get(image.last_id) == simdjson::SUCCESS &&
         read_levels(frame, "bids", image.bids) && read_levels(frame, "asks", image.asks);
}

const std::string& FeedDecoder::stream_symbol() const noexcept {
  return impl_->symbol;
}

DepthUpdate& FeedDecoder::depth() noexcept {
  return impl_->depth;
}

const FeedPrint& FeedDecoder::print() const noexcept {
  return impl_->print;
}

DepthImage& FeedDecoder::image() noexcept {
  return impl_->image;
}

}  // namespace portcullis::sim
