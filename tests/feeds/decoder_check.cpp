#include "tests/feeds/decoder_check.hpp"

#include <optional>
#include <set>
#include <vector>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "core/decimal.hpp"
#include "feeds/decoded_event.hpp"

namespace portcullis::feeds::test {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kLevelsMax = 8;

// An event by value.
struct Reading {
  DecodedEvent event;
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
};

bool has(const dom::object& object, const char* name) {
  return object[name].error() == simdjson::SUCCESS;
}

std::optional<std::uint64_t> unsigned_of(const dom::object& object, const char* name) {
  std::uint64_t value = 0;
  if (object[name].get_uint64().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::int64_t> decimal_of(const dom::element& element) {
  std::string_view text;
  if (element.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto raw = parse_fixed8(text);
  if (!raw || *raw < 0) return std::nullopt;
  return *raw;
}

std::optional<std::int64_t> decimal_of(const dom::object& object, const char* name) {
  dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS) return std::nullopt;
  return decimal_of(element);
}

std::optional<std::vector<BookLevel>> levels_of(const dom::object& object, const char* name) {
  dom::array array;
  if (object[name].get_array().get(array) != simdjson::SUCCESS) return std::nullopt;
  std::vector<BookLevel> levels;
  for (const dom::element element : array) {
    dom::array pair;
    if (element.get_array().get(pair) != simdjson::SUCCESS || pair.size() < 2) return std::nullopt;
    const auto px = decimal_of(pair.at(0).value_unsafe());
    const auto qty = decimal_of(pair.at(1).value_unsafe());
    if (!px || !qty || *px == 0) return std::nullopt;
    levels.push_back({Price::from_raw(*px), Qty::from_raw(*qty)});
  }
  if (levels.size() > kLevelsMax) return std::nullopt;
  return levels;
}

bool is_array(const dom::object& object, const char* name) {
  dom::array array;
  return object[name].get_array().get(array) == simdjson::SUCCESS;
}

class Reader {
 public:
  Reader(const SymbolIndex& symbols, const dom::object& root) : symbols_{symbols}, object_{root} {
    if (!has(root, "data")) return;
    is_wrapped_ = true;
    is_readable_ = root["data"].get_object().get(object_) == simdjson::SUCCESS;
  }

  std::optional<Reading> event() {
    if (!is_readable_) return std::nullopt;
    if (has(object_, "e")) return named_event();
    if (has(object_, "u") && has(object_, "s")) return book_ticker();
    std::int64_t code = 0;
    const bool is_reply = has(object_, "result") || has(object_, "error") ||
                          object_["code"].get_int64().get(code) == simdjson::SUCCESS ||
                          object_["error"]["code"].get_int64().get(code) == simdjson::SUCCESS;
    if (is_wrapped_ || !is_reply) return std::nullopt;
    Reading reading;
    reading.event.kind = EventKind::kControlReply;
    reading.event.reply_id = unsigned_of(object_, "id").value_or(0);
    reading.event.is_error = !has(object_, "result") || has(object_, "error") || has_code();
    return reading;
  }

  std::optional<Reading> snapshot(SymbolId symbol) {
    if (!is_readable_ || is_array(object_, "b") || is_array(object_, "a")) return std::nullopt;
    const auto last = unsigned_of(object_, "lastUpdateId");
    auto bids = levels_of(object_, "bids");
    auto asks = levels_of(object_, "asks");
    if (!last || !bids || !asks) return std::nullopt;
    Reading reading{.event = {}, .bids = std::move(*bids), .asks = std::move(*asks)};
    reading.event.kind = EventKind::kSnapshot;
    reading.event.symbol = symbol;
    reading.event.last_seq = SeqNum{*last};
    return reading;
  }

 private:
  bool has_code() const {
    std::int64_t code = 0;
    return object_["code"].get_int64().get(code) == simdjson::SUCCESS;
  }

  std::optional<SymbolId> symbol() const {
    std::string_view name;
    if (object_["s"].get_string().get(name) != simdjson::SUCCESS) return std::nullopt;
    const SymbolId id = symbols_.find(name);
    return id == kNoSymbol ? std::nullopt : std::optional{id};
  }

  std::optional<WallTime> event_time() const {
    const auto ms = unsigned_of(object_, "E");
    std::int64_t ns = 0;
    if (!ms || __builtin_mul_overflow(*ms, 1'000'000, &ns)) return std::nullopt;
    return wall_time(ns);
  }

  std::optional<Reading> named_event() const {
    std::string_view name;
    if (object_["e"].get_string().get(name) != simdjson::SUCCESS) return std::nullopt;
    if (name == "bookTicker") return book_ticker();
    if (name == "depthUpdate") return depth();
    if (name == "trade") return trade();
    if (name != "serverShutdown") return std::nullopt;
    Reading reading;
    reading.event.kind = EventKind::kServerShutdown;
    return reading;
  }

  std::optional<Reading> book_ticker() const {
    const auto id = symbol();
    const auto update = unsigned_of(object_, "u");
    const auto bid = decimal_of(object_, "b");
    const auto bid_qty = decimal_of(object_, "B");
    const auto ask = decimal_of(object_, "a");
    const auto ask_qty = decimal_of(object_, "A");
    if (!id || !update || !bid || !bid_qty || !ask || !ask_qty) return std::nullopt;
    Reading reading;
    reading.event.kind = EventKind::kBookTicker;
    reading.event.symbol = *id;
    reading.event.last_seq = SeqNum{*update};
    reading.event.top = {Price::from_raw(*bid), Qty::from_raw(*bid_qty), Price::from_raw(*ask),
                         Qty::from_raw(*ask_qty)};
    return reading;
  }

  std::optional<Reading> depth() const {
    if (has(object_, "bids") || has(object_, "asks")) return std::nullopt;
    const auto id = symbol();
    const auto first = unsigned_of(object_, "U");
    const auto last = unsigned_of(object_, "u");
    const auto time = event_time();
    auto bids = levels_of(object_, "b");
    auto asks = levels_of(object_, "a");
    if (!id || !first || !last || !time || !bids || !asks || *first > *last) return std::nullopt;
    Reading reading{.event = {}, .bids = std::move(*bids), .asks = std::move(*asks)};
    reading.event.kind = EventKind::kDepth;
    reading.event.symbol = *id;
    reading.event.event_time = *time;
    reading.event.first_seq = SeqNum{*first};
    reading.event.last_seq = SeqNum{*last};
    return reading;
  }

  std::optional<Reading> trade() const {
    const auto id = symbol();
    const auto trade_id = unsigned_of(object_, "t");
    const auto time = event_time();
    const auto px = decimal_of(object_, "p");
    const auto qty = decimal_of(object_, "q");
    bool is_buyer_maker = false;
    const bool has_m = object_["m"].get_bool().get(is_buyer_maker) == simdjson::SUCCESS;
    if (!id || !trade_id || !time || !px || !qty || !has_m || *px == 0) return std::nullopt;
    Reading reading;
    reading.event.kind = EventKind::kTrade;
    reading.event.symbol = *id;
    reading.event.event_time = *time;
    reading.event.trade = {TradeId{*trade_id}, Price::from_raw(*px), Qty::from_raw(*qty),
                           is_buyer_maker ? Side::kSell : Side::kBuy};
    return reading;
  }

  const SymbolIndex& symbols_;
  dom::object object_;
  bool is_wrapped_{false};
  bool is_readable_{true};
};

bool has_doubled_name(const dom::object& object) {
  std::set<std::string_view> names;
  for (const auto [name, value] : object) {
    if (!names.insert(name).second) return true;
    dom::object inner;
    if (value.get_object().get(inner) == simdjson::SUCCESS && has_doubled_name(inner)) return true;
  }
  return false;
}

std::string difference(const Reading& expected, const DecodedEvent& actual) {
  const DecodedEvent& event = expected.event;
  if (event.kind != actual.kind) return "kind";
  if (event.symbol != actual.symbol) return "symbol";
  if (event.event_time != actual.event_time) return "event time";
  if (event.first_seq != actual.first_seq || event.last_seq != actual.last_seq) return "sequence";
  if (!(event.top == actual.top)) return "top";
  if (event.trade.trade_id != actual.trade.trade_id || event.trade.px != actual.trade.px ||
      event.trade.qty != actual.trade.qty || event.trade.aggressor != actual.trade.aggressor) {
    return "trade";
  }
  if (!std::ranges::equal(expected.bids, actual.bids)) return "bids";
  if (!std::ranges::equal(expected.asks, actual.asks)) return "asks";
  if (event.reply_id != actual.reply_id || event.is_error != actual.is_error) return "reply";
  return {};
}

std::string judge(const std::optional<Reading>& expected,
                  const std::expected<EventKind, DecodeError>& verdict,
                  const DecodedEvent& actual) {
  if (!expected && !verdict) return {};
  if (!expected) return std::string{"accepted as "} + to_string(*verdict) + ", should be refused";
  if (!verdict) return std::string{"refused as "} + to_string(verdict.error());
  if (*verdict != actual.kind) return "kind returned and kind in the event differ";
  return difference(*expected, actual);
}

// The DOM reading of a payload, where one can be compared.
template <class Read>
std::optional<std::optional<Reading>> reference(std::string_view payload, Read&& read) {
  const bool is_beyond_comparison =
      payload.find('\\') != std::string_view::npos || payload.find("-0") != std::string_view::npos;
  if (is_beyond_comparison) return std::nullopt;
  static dom::parser parser;  // one thread; keeps its memory from frame to frame
  dom::element root;
  if (parser.parse(payload.data(), payload.size()).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) return std::optional<Reading>{};
  if (has_doubled_name(object)) return std::nullopt;
  return read(object);
}

}  // namespace

DecoderCheck::DecoderCheck(const SymbolIndex& symbols)
    : symbols_{symbols},
      limits_{.frame_bytes_max = 1u << 16, .levels_max = kLevelsMax},
      decoder_{symbols, limits_} {
}

std::string DecoderCheck::compare(std::string_view payload) {
  const std::string first = compare_event(payload);
  return first.empty() ? compare_snapshot(payload) : "event: " + first;
}

std::string DecoderCheck::compare_event(std::string_view payload) {
  DecodedEvent actual;
  const auto verdict = decoder_.decode(payload, actual);
  was_accepted_ = verdict.has_value();
  if (payload.size() > limits_.frame_bytes_max) return verdict ? "accepted beyond the limit" : "";
  const auto expected = reference(
      payload, [this](const dom::object& root) { return Reader{symbols_, root}.event(); });
  return expected ? judge(*expected, verdict, actual) : "";
}

std::string DecoderCheck::compare_snapshot(std::string_view payload) {
  constexpr SymbolId kSymbol{0};
  DecodedEvent actual;
  const auto verdict = decoder_.decode_snapshot(payload, kSymbol, actual);
  if (payload.size() > limits_.frame_bytes_max) return verdict ? "accepted beyond the limit" : "";
  const auto expected = reference(payload, [this, kSymbol](const dom::object& root) {
    return Reader{symbols_, root}.snapshot(kSymbol);
  });
  const std::string what = expected ? judge(*expected, verdict, actual) : "";
  return what.empty() ? what : "snapshot: " + what;
}

}  // namespace portcullis::feeds::test
