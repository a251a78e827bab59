#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/exchange/symbol_spec.hpp"
#include "sim/streams/stream.hpp"

namespace portcullis::sim {

// Who listens to what: streams by name, made when somebody first asks for one, and connections with
// their subscriptions. One thread.
class StreamTable {
 public:
  static constexpr std::size_t kStreamsPerConnectionMax = 1'024;

  // `symbols` must outlive it.
  explicit StreamTable(const std::vector<SymbolSpec>& symbols);

  void add(TextSink& sink, const StreamStyle& style);
  // Leaves every stream.
  void remove(TextSink& sink);
  void set_combined(TextSink& sink, bool is_combined);
  [[nodiscard]] StreamStyle style_of(TextSink& sink) const;

  enum class Outcome : std::uint8_t { kDone, kInvalidName, kTooMany };
  struct Subscribed {
    Outcome outcome{Outcome::kDone};
    Stream* stream{nullptr};  // one that had no listener before
  };
  // Any name of the right form is taken, as at the venue; one that does not exist never says
  // anything.
  Subscribed subscribe(TextSink& sink, std::string_view name);
  void unsubscribe(TextSink& sink, std::string_view name);
  // Whether the connection may have these beside what it has.
  [[nodiscard]] bool has_room_for(TextSink& sink, std::span<const std::string_view> names) const;
  [[nodiscard]] std::vector<std::string> subscriptions(TextSink& sink) const;

  // Null for a name that means nothing here.
  [[nodiscard]] Stream* find_or_make(std::string_view name);

  [[nodiscard]] std::size_t connection_count() const noexcept { return clients_.size(); }
  [[nodiscard]] std::vector<TextSink*> connections() const;

 private:
  struct Client {
    StreamStyle style;
    std::set<std::string, std::less<>> names;
  };

  const std::vector<SymbolSpec>& specs_;
  TextMap<std::size_t> symbols_;  // index by name in lower case
  TextMap<std::unique_ptr<Stream>> streams_;
  std::unordered_map<TextSink*, Client> clients_;
};

}  // namespace portcullis::sim
