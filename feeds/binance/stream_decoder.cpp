#include "feeds/binance/stream_decoder.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "core/check.hpp"
#include "feeds/binance/decimal_text.hpp"

// On-Demand picks its kernel at compile time. SIMDJSON_CAN_ALWAYS_RUN_FALLBACK is always true, so
// the question is whether a vector kernel is certain.
#if !SIMDJSON_CAN_ALWAYS_RUN_HASWELL
#error "the decoder would be scalar: set PORTCULLIS_MARCH to haswell or newer"
#endif

namespace portcullis::feeds::binance {

namespace {

namespace json = simdjson::ondemand;

// A field as first seen: absent until set, and useless when it came twice or in a wrong form. Only
// the fields that the event needs are asked for, so a foreign event may use a name as it likes.
template <class T>
class Field {
 public:
  void set(std::expected<T, DecodeError> value) noexcept {
    value_ = is_seen_ ? std::unexpected{DecodeError::kDuplicateField} : value;
    is_seen_ = true;
  }
  [[nodiscard]] bool is_seen() const noexcept { return is_seen_; }
  [[nodiscard]] const std::expected<T, DecodeError>& get() const noexcept { return value_; }

 private:
  std::expected<T, DecodeError> value_{std::unexpect, DecodeError::kMissingField};
  bool is_seen_{false};
};

enum class EventName : std::uint8_t { kBookTicker, kDepth, kTrade, kServerShutdown, kOther };

// What the fields of one object may say; the names are the venue's.
struct Fields {
  Field<EventName> e;
  Field<std::uint64_t> E;
  Field<SymbolId> s;
  Field<std::uint64_t> U;
  Field<std::uint64_t> u;
  Field<std::uint64_t> t;
  Field<std::int64_t> p;
  Field<std::int64_t> q;
  Field<std::int64_t> b;
  Field<std::int64_t> B;
  Field<std::int64_t> a;
  Field<std::int64_t> A;
  Field<bool> m;
  Field<std::size_t> b_levels;  // how many levels were read, "b" and "a" of a depth event
  Field<std::size_t> a_levels;
  Field<std::size_t> bids;  // the same of a snapshot
  Field<std::size_t> asks;
  Field<std::uint64_t> last_update_id;
  Field<std::uint64_t> id;
  Field<std::int64_t> code;
  Field<std::string_view> msg;
  bool has_result{false};
  bool has_error{false};
};

template <std::size_t kSize>
bool is_key(const char* raw, const char (&name)[kSize]) noexcept {
  // Reads at most kSize bytes: the payload's slack covers a name cut short at its end.
  return std::memcmp(raw, name, kSize - 1) == 0 && raw[kSize - 1] == '"';
}

std::expected<std::uint64_t, DecodeError> read_unsigned(json::value& value) noexcept {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) == simdjson::SUCCESS) return number;
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS || type != json::json_type::number) {
    return std::unexpected{DecodeError::kMissingField};
  }
  std::int64_t signed_number = 0;
  const bool is_negative =
      value.get_int64().get(signed_number) == simdjson::SUCCESS && signed_number < 0;
  return std::unexpected{is_negative ? DecodeError::kNegativeNumber : DecodeError::kBadNumber};
}

std::expected<const char*, DecodeError> read_raw_string(json::value& value) noexcept {
  json::raw_json_string text;
  if (value.get_raw_json_string().get(text) != simdjson::SUCCESS) {
    return std::unexpected{DecodeError::kMissingField};
  }
  return text.raw();
}

// A price or a quantity: a string, exact, not negative.
std::expected<std::int64_t, DecodeError> read_decimal(json::value& value) noexcept {
  const auto text = read_raw_string(value);
  if (!text) return std::unexpected{text.error()};
  const auto raw = parse_fixed8_quoted(*text);
  if (!raw) return std::unexpected{DecodeError::kBadNumber};
  if (*raw < 0) return std::unexpected{DecodeError::kNegativeNumber};
  return *raw;
}

std::expected<std::string_view, DecodeError> read_text(json::value& value) noexcept {
  const auto text = read_raw_string(value);
  if (!text) return std::unexpected{text.error()};
  const char* end = *text;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return std::string_view{*text, static_cast<std::size_t>(end - *text)};
}

std::expected<EventName, DecodeError> read_event_name(json::value& value) noexcept {
  const auto text = read_raw_string(value);
  if (!text) return std::unexpected{text.error()};
  if (is_key(*text, "depthUpdate")) return EventName::kDepth;
  if (is_key(*text, "trade")) return EventName::kTrade;
  if (is_key(*text, "bookTicker")) return EventName::kBookTicker;
  if (is_key(*text, "serverShutdown")) return EventName::kServerShutdown;
  return EventName::kOther;
}

bool read_flag(json::value& value, Field<bool>& out) noexcept {
  bool flag = false;
  const bool is_read = value.get_bool().get(flag) == simdjson::SUCCESS;
  if (is_read) {
    out.set(flag);
  } else {
    out.set(std::unexpected{DecodeError::kMissingField});
  }
  return is_read;
}

}  // namespace

struct StreamDecoder::Impl {
  Impl(const SymbolIndex& symbol_index, const StreamDecoderLimits& decoder_limits, TimeUnit unit)
      : symbols{symbol_index},
        limits{decoder_limits},
        time_unit{unit} {
    bids.resize(limits.levels_max);
    asks.resize(limits.levels_max);
    const auto error = parser.allocate(limits.frame_bytes_max);
    PORTCULLIS_CHECK(error == simdjson::SUCCESS, "no memory for the market decoder");
  }

  using Status = std::expected<void, DecodeError>;
  using Result = std::expected<EventKind, DecodeError>;

  Status parse(std::string_view payload) noexcept;
  Status parse_root_field(const char* key, json::value& value) noexcept;
  Status parse_object(json::object& object) noexcept;
  void parse_field(const char* key, json::value& value) noexcept;
  void parse_single_letter(char key, json::value& value) noexcept;
  void parse_word(const char* key, json::value& value) noexcept;
  Status parse_error_object(json::value& value) noexcept;
  void parse_refusal(const char* key, json::value& value) noexcept;
  void parse_side(json::value& value, Field<std::int64_t>& number, Field<std::size_t>& count,
                  std::vector<BookLevel>& levels) noexcept;
  [[nodiscard]] std::expected<std::size_t, DecodeError> read_levels(
      json::value& value, std::vector<BookLevel>& levels) const noexcept;
  [[nodiscard]] std::expected<SymbolId, DecodeError> read_symbol(json::value& value) const noexcept;

  Result assemble(DecodedEvent& out) const noexcept;
  Result assemble_book_ticker(DecodedEvent& out) const noexcept;
  Result assemble_depth(DecodedEvent& out) const noexcept;
  Result assemble_trade(DecodedEvent& out) const noexcept;
  Result assemble_snapshot(SymbolId symbol, DecodedEvent& out) const noexcept;
  Result assemble_reply(DecodedEvent& out) const noexcept;
  [[nodiscard]] Status set_event_time(DecodedEvent& out) const noexcept;

  const SymbolIndex& symbols;
  StreamDecoderLimits limits;
  TimeUnit time_unit;
  json::parser parser;
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  Fields fields;
  bool is_wrapped{false};
};

// ---- reading -----------------------------------------------------------------------------------

StreamDecoder::Impl::Status StreamDecoder::Impl::parse(std::string_view payload) noexcept {
  constexpr auto kMalformed = DecodeError::kMalformedJson;
  fields = Fields{};
  is_wrapped = false;
  if (payload.size() > limits.frame_bytes_max) return std::unexpected{DecodeError::kTooLarge};
  const simdjson::padded_string_view padded{payload.data(), payload.size(),
                                            payload.size() + simdjson::SIMDJSON_PADDING};
  json::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) {
    return std::unexpected{kMalformed};
  }
  json::object root;
  if (document.get_object().get(root) != simdjson::SUCCESS) return std::unexpected{kMalformed};
  for (auto item : root) {
    json::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS) return std::unexpected{kMalformed};
    const char* const key = field.key().raw();
    if (const Status status = parse_root_field(key, field.value()); !status) return status;
  }
  const char* rest = nullptr;  // there must be none
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return std::unexpected{kMalformed};
  }
  return {};
}

StreamDecoder::Impl::Status StreamDecoder::Impl::parse_root_field(const char* key,
                                                                  json::value& value) noexcept {
  if (is_key(key, "data")) {
    if (is_wrapped) return std::unexpected{DecodeError::kDuplicateField};
    json::object inner;
    const auto error = value.get_object().get(inner);
    if (error == simdjson::INCORRECT_TYPE) return std::unexpected{DecodeError::kUnknownEvent};
    if (error != simdjson::SUCCESS) return std::unexpected{DecodeError::kMalformedJson};
    is_wrapped = true;
    fields = Fields{};  // what stood beside the wrapper is not the event's
    return parse_object(inner);
  }
  if (is_wrapped) return {};
  if (is_key(key, "error")) return parse_error_object(value);
  parse_field(key, value);
  return {};
}

StreamDecoder::Impl::Status StreamDecoder::Impl::parse_object(json::object& object) noexcept {
  for (auto item : object) {
    json::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS) {
      return std::unexpected{DecodeError::kMalformedJson};
    }
    const char* const key = field.key().raw();
    parse_field(key, field.value());
  }
  return {};
}

StreamDecoder::Impl::Status StreamDecoder::Impl::parse_error_object(json::value& value) noexcept {
  fields.has_error = true;
  json::object inner;
  const auto error = value.get_object().get(inner);
  if (error == simdjson::INCORRECT_TYPE) return {};
  if (error != simdjson::SUCCESS) return std::unexpected{DecodeError::kMalformedJson};
  for (auto item : inner) {
    json::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS) {
      return std::unexpected{DecodeError::kMalformedJson};
    }
    const char* const key = field.key().raw();
    parse_refusal(key, field.value());
  }
  return {};
}

// The code and the text of a control reply that says no.
void StreamDecoder::Impl::parse_refusal(const char* key, json::value& value) noexcept {
  if (is_key(key, "code")) {
    std::int64_t code = 0;
    if (value.get_int64().get(code) == simdjson::SUCCESS) fields.code.set(code);
  } else if (is_key(key, "msg")) {
    fields.msg.set(read_text(value));
  }
}

void StreamDecoder::Impl::parse_field(const char* key, json::value& value) noexcept {
  if (key[0] != '"' && key[1] == '"') {
    parse_single_letter(key[0], value);
  } else {
    parse_word(key, value);
  }
}

void StreamDecoder::Impl::parse_single_letter(char key, json::value& value) noexcept {
  switch (key) {
    case 'e': fields.e.set(read_event_name(value)); return;
    case 'E': fields.E.set(read_unsigned(value)); return;
    case 's': fields.s.set(read_symbol(value)); return;
    case 'U': fields.U.set(read_unsigned(value)); return;
    case 'u': fields.u.set(read_unsigned(value)); return;
    case 't': fields.t.set(read_unsigned(value)); return;
    case 'p': fields.p.set(read_decimal(value)); return;
    case 'q': fields.q.set(read_decimal(value)); return;
    case 'b': parse_side(value, fields.b, fields.b_levels, bids); return;
    case 'a': parse_side(value, fields.a, fields.a_levels, asks); return;
    case 'B': fields.B.set(read_decimal(value)); return;
    case 'A': fields.A.set(read_decimal(value)); return;
    case 'm': read_flag(value, fields.m); return;
    default: return;
  }
}

void StreamDecoder::Impl::parse_word(const char* key, json::value& value) noexcept {
  if (is_key(key, "lastUpdateId")) {
    fields.last_update_id.set(read_unsigned(value));
  } else if (is_key(key, "bids")) {
    fields.bids.set(read_levels(value, bids));
  } else if (is_key(key, "asks")) {
    fields.asks.set(read_levels(value, asks));
  } else if (is_key(key, "id")) {
    fields.id.set(read_unsigned(value));
  } else if (is_key(key, "result")) {
    fields.has_result = true;
  } else {
    parse_refusal(key, value);
  }
}

// "b" and "a" are a price in bookTicker and the changed levels in depth.
void StreamDecoder::Impl::parse_side(json::value& value, Field<std::int64_t>& number,
                                     Field<std::size_t>& count,
                                     std::vector<BookLevel>& levels) noexcept {
  json::json_type type{};
  if (value.type().get(type) == simdjson::SUCCESS && type == json::json_type::array) {
    count.set(read_levels(value, levels));
  } else {
    number.set(read_decimal(value));
  }
}

std::expected<std::size_t, DecodeError> StreamDecoder::Impl::read_levels(
    json::value& value, std::vector<BookLevel>& levels) const noexcept {
  json::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return std::unexpected{DecodeError::kMissingField};
  }
  std::size_t count = 0;
  for (auto element : array) {
    json::array pair;
    if (element.get_array().get(pair) != simdjson::SUCCESS) {
      return std::unexpected{DecodeError::kMissingField};
    }
    if (count == limits.levels_max) return std::unexpected{DecodeError::kTooManyLevels};
    std::array<std::int64_t, 2> numbers{};
    std::size_t place = 0;
    for (auto item : pair) {
      json::value text;
      if (std::move(item).get(text) != simdjson::SUCCESS) {
        return std::unexpected{DecodeError::kMalformedJson};
      }
      if (place < numbers.size()) {  // older interfaces had a third, empty, element
        const auto number = read_decimal(text);
        if (!number) return std::unexpected{number.error()};
        numbers[place] = *number;
      }
      ++place;
    }
    if (place < numbers.size()) return std::unexpected{DecodeError::kMissingField};
    if (numbers[0] == 0) return std::unexpected{DecodeError::kZeroPrice};
    levels[count++] = {Price::from_raw(numbers[0]), Qty::from_raw(numbers[1])};
  }
  return count;
}

std::expected<SymbolId, DecodeError> StreamDecoder::Impl::read_symbol(
    json::value& value) const noexcept {
  const auto text = read_raw_string(value);
  if (!text) return std::unexpected{text.error()};
  std::size_t length = 0;
  while (length <= SymbolIndex::kNameMax && (*text)[length] != '"') ++length;
  const SymbolId symbol = symbols.find({*text, length});
  if (symbol == kNoSymbol) return std::unexpected{DecodeError::kUnknownSymbol};
  return symbol;
}

// ---- judging -----------------------------------------------------------------------------------

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble(DecodedEvent& out) const noexcept {
  if (fields.e.is_seen()) {
    if (!fields.e.get()) return std::unexpected{fields.e.get().error()};
    switch (*fields.e.get()) {
      case EventName::kBookTicker: return assemble_book_ticker(out);
      case EventName::kDepth: return assemble_depth(out);
      case EventName::kTrade: return assemble_trade(out);
      case EventName::kServerShutdown: return out.kind = EventKind::kServerShutdown;
      case EventName::kOther: return std::unexpected{DecodeError::kUnknownEvent};
    }
  }
  // Spot's bookTicker is the one event without a name.
  if (fields.u.is_seen() && fields.s.is_seen()) return assemble_book_ticker(out);
  const bool is_reply = fields.has_result || fields.has_error || fields.code.is_seen();
  if (!is_wrapped && is_reply) return assemble_reply(out);
  return std::unexpected{DecodeError::kUnknownEvent};
}

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble_book_ticker(
    DecodedEvent& out) const noexcept {
  if (!fields.s.get()) return std::unexpected{fields.s.get().error()};
  if (!fields.u.get()) return std::unexpected{fields.u.get().error()};
  for (const auto* number : {&fields.b, &fields.B, &fields.a, &fields.A}) {
    if (!number->get()) return std::unexpected{number->get().error()};
  }
  out.symbol = *fields.s.get();
  out.last_seq = SeqNum{*fields.u.get()};
  out.top = {.bid_px = Price::from_raw(*fields.b.get()),
             .bid_qty = Qty::from_raw(*fields.B.get()),
             .ask_px = Price::from_raw(*fields.a.get()),
             .ask_qty = Qty::from_raw(*fields.A.get())};
  return out.kind = EventKind::kBookTicker;
}

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble_depth(DecodedEvent& out) const noexcept {
  if (!fields.s.get()) return std::unexpected{fields.s.get().error()};
  for (const auto* number : {&fields.U, &fields.u}) {
    if (!number->get()) return std::unexpected{number->get().error()};
  }
  for (const auto* count : {&fields.b_levels, &fields.a_levels}) {
    if (!count->get()) return std::unexpected{count->get().error()};
  }
  // One store serves both spellings of the levels.
  if (fields.bids.is_seen() || fields.asks.is_seen()) {
    return std::unexpected{DecodeError::kDuplicateField};
  }
  if (*fields.U.get() > *fields.u.get()) return std::unexpected{DecodeError::kBadSequence};
  if (const Status status = set_event_time(out); !status) return std::unexpected{status.error()};
  out.symbol = *fields.s.get();
  out.first_seq = SeqNum{*fields.U.get()};
  out.last_seq = SeqNum{*fields.u.get()};
  out.bids = {bids.data(), *fields.b_levels.get()};
  out.asks = {asks.data(), *fields.a_levels.get()};
  return out.kind = EventKind::kDepth;
}

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble_trade(DecodedEvent& out) const noexcept {
  if (!fields.s.get()) return std::unexpected{fields.s.get().error()};
  if (!fields.t.get()) return std::unexpected{fields.t.get().error()};
  for (const auto* number : {&fields.p, &fields.q}) {
    if (!number->get()) return std::unexpected{number->get().error()};
  }
  if (!fields.m.get()) return std::unexpected{fields.m.get().error()};
  if (*fields.p.get() == 0) return std::unexpected{DecodeError::kZeroPrice};
  if (const Status status = set_event_time(out); !status) return std::unexpected{status.error()};
  out.symbol = *fields.s.get();
  // The buyer being the maker means that the seller was the aggressor.
  out.trade = {.trade_id = TradeId{*fields.t.get()},
               .px = Price::from_raw(*fields.p.get()),
               .qty = Qty::from_raw(*fields.q.get()),
               .aggressor = *fields.m.get() ? Side::kSell : Side::kBuy};
  return out.kind = EventKind::kTrade;
}

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble_snapshot(
    SymbolId symbol, DecodedEvent& out) const noexcept {
  const auto& last = fields.last_update_id.get();
  if (!last) return std::unexpected{last.error()};
  for (const auto* count : {&fields.bids, &fields.asks}) {
    if (!count->get()) return std::unexpected{count->get().error()};
  }
  if (fields.b_levels.is_seen() || fields.a_levels.is_seen()) {
    return std::unexpected{DecodeError::kDuplicateField};
  }
  out.symbol = symbol;
  out.last_seq = SeqNum{*last};
  out.bids = {bids.data(), *fields.bids.get()};
  out.asks = {asks.data(), *fields.asks.get()};
  return out.kind = EventKind::kSnapshot;
}

StreamDecoder::Impl::Result StreamDecoder::Impl::assemble_reply(DecodedEvent& out) const noexcept {
  out.is_error = fields.has_error || fields.code.is_seen();
  out.reply_id = fields.id.get() ? *fields.id.get() : 0;
  out.reply_code = fields.code.get() ? *fields.code.get() : 0;
  out.reply_text = fields.msg.get() ? *fields.msg.get() : std::string_view{};
  return out.kind = EventKind::kControlReply;
}

StreamDecoder::Impl::Status StreamDecoder::Impl::set_event_time(DecodedEvent& out) const noexcept {
  if (!fields.E.get()) return std::unexpected{fields.E.get().error()};
  const std::int64_t ns_a_unit = time_unit == TimeUnit::kMillis ? 1'000'000 : 1'000;
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(*fields.E.get(), ns_a_unit, &ns)) {
    return std::unexpected{DecodeError::kBadNumber};
  }
  out.event_time = wall_time(ns);
  return {};
}

// ---- the decoder -------------------------------------------------------------------------------

StreamDecoder::StreamDecoder(const SymbolIndex& symbols, const StreamDecoderLimits& limits,
                             TimeUnit time_unit)
    : impl_{std::make_unique<Impl>(symbols, limits, time_unit)} {
}

StreamDecoder::~StreamDecoder() = default;

std::expected<EventKind, DecodeError> StreamDecoder::decode(std::string_view payload,
                                                            DecodedEvent& out) noexcept {
  out = DecodedEvent{};
  if (const auto status = impl_->parse(payload); !status) return std::unexpected{status.error()};
  return impl_->assemble(out);
}

std::expected<EventKind, DecodeError> StreamDecoder::decode_snapshot(std::string_view payload,
                                                                     SymbolId symbol,
                                                                     DecodedEvent& out) noexcept {
  out = DecodedEvent{};
  if (const auto status = impl_->parse(payload); !status) return std::unexpected{status.error()};
  return impl_->assemble_snapshot(symbol, out);
}

}  // namespace portcullis::feeds::binance
