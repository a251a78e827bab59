#include "sim/streams/stream_name.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace portcullis::sim {

namespace {

constexpr std::array<std::pair<std::string_view, StreamKind>, 8> kPlainWords{{
    {"trade", StreamKind::kTrade},
    {"aggTrade", StreamKind::kAggregateTrade},
    {"bookTicker", StreamKind::kBookTicker},
    {"miniTicker", StreamKind::kMiniTicker},
    {"ticker", StreamKind::kTicker},
    {"avgPrice", StreamKind::kAveragePrice},
    {"referencePrice", StreamKind::kReferencePrice},
    {"blockTrade", StreamKind::kBlockTrade},
}};

constexpr std::array<std::pair<std::string_view, Nanos>, 3> kWindows{{
    {"1h", std::chrono::hours{1}},
    {"4h", std::chrono::hours{4}},
    {"1d", std::chrono::hours{24}},
}};

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::optional<StreamTopic> window_topic(StreamTopic topic, std::string_view window) {
  const auto* found =
      std::ranges::find(kWindows, window, &std::pair<std::string_view, Nanos>::first);
  if (found == kWindows.end()) return std::nullopt;
  topic.window_text = found->first;
  topic.window = found->second;
  return topic;
}

// After "depth": "", "5", "@100ms", "20@100ms"; "@1000ms" is the long form of none.
std::optional<StreamTopic> depth_topic(StreamTopic topic, std::string_view rest) {
  topic.is_fast = take_suffix(rest, "@100ms");
  if (!topic.is_fast) take_suffix(rest, "@1000ms");
  topic.kind = rest.empty() ? StreamKind::kDepth : StreamKind::kTopDepth;
  if (rest == "5") topic.levels = 5;
  if (rest == "10") topic.levels = 10;
  if (rest == "20") topic.levels = 20;
  if (!rest.empty() && topic.levels == 0) return std::nullopt;
  return topic;
}

// After "kline_": "1m", "1d@+08:00".
std::optional<StreamTopic> kline_topic(StreamTopic topic, std::string_view rest) {
  if (take_suffix(rest, "@+08:00")) topic.zone = std::chrono::hours{8};
  const auto interval = parse_kline_interval(rest);
  if (!interval) return std::nullopt;
  topic.kind = StreamKind::kKline;
  topic.interval = *interval;
  return topic;
}

std::optional<StreamTopic> topic_of_all(std::string_view name) {
  StreamTopic topic{.kind = StreamKind::kAllMiniTickers};
  if (name == "!miniTicker@arr") return topic;
  topic.kind = StreamKind::kAllWindowTickers;
  if (!take_prefix(name, "!ticker_") || !take_suffix(name, "@arr")) return std::nullopt;
  return window_topic(topic, name);
}

bool is_name_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':' || c == '+' ||
         c == '@' || c == '!';
}

}  // namespace

std::optional<StreamTopic> parse_stream_name(std::string_view name,
                                             const TextMap<std::size_t>& symbols) {
  if (name.starts_with('!')) return topic_of_all(name);
  const std::size_t at = name.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto symbol = symbols.find(name.substr(0, at));
  if (symbol == symbols.end()) return std::nullopt;
  std::string_view rest = name.substr(at + 1);
  StreamTopic topic{.symbol = symbol->second};
  for (const auto& [word, kind] : kPlainWords) {
    if (rest != word) continue;
    topic.kind = kind;
    return topic;
  }
  if (take_prefix(rest, "depth")) return depth_topic(topic, rest);
  if (take_prefix(rest, "kline_")) return kline_topic(topic, rest);
  if (!take_prefix(rest, "ticker_")) return std::nullopt;
  topic.kind = StreamKind::kWindowTicker;
  return window_topic(topic, rest);
}

bool is_stream_syntax(std::string_view name) noexcept {
  const std::size_t at = name.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < name.size() && name[at + 1] != '@' &&
         std::ranges::all_of(name, is_name_char);
}

}  // namespace portcullis::sim
