#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/message_gate.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// The public market-data streams: who listens to what, and the encoding (Binance: WebSocket
// streams). A message is encoded once and shared. One thread.
class StreamHub {
 public:
  static constexpr std::size_t kStreamsPerConnectionMax = 1'024;

  StreamHub(Exchange& exchange, FaultPlan& faults, MessageGate& gate);

  // A connection is known from its first call on, until remove().
  void add(TextSink& sink, bool is_combined);
  void remove(TextSink& sink);
  void set_combined(TextSink& sink, bool is_combined);
  [[nodiscard]] bool is_combined(TextSink& sink) const;
  // Any name with an '@' is taken, as at the venue; one that does not exist never says anything.
  // False when it has no '@' or the connection has its fill.
  bool subscribe(TextSink& sink, const std::string& name);
  void unsubscribe(TextSink& sink, const std::string& name);
  [[nodiscard]] std::vector<std::string> subscriptions(TextSink& sink) const;

  void on_trade(const PublicTrade& trade, WallTime now);
  void on_best_prices(std::size_t symbol, const BestPrices& best);
  // Every 100 ms: the depth streams of that pace, and with each tenth call those of 1000 ms.
  void on_depth_interval(WallTime now);

  // Faults: loses the next depth event of a symbol; freezes a stream by name, pings go on; cuts
  // all.
  void lose_next_depth(std::size_t symbol);
  void set_silent(const std::string& name, bool is_silent);
  void cut_all();
  // serverShutdown, to one connection.
  void announce_shutdown(TextSink& sink, WallTime now);
  [[nodiscard]] std::size_t connection_count() const noexcept { return clients_.size(); }

 private:
  enum Kind : std::uint8_t { kBookTicker, kTrade, kDepth100, kDepth1000, kKindCount };
  struct Client {
    bool is_combined{false};
    std::set<std::string> names;
  };
  struct Stream {
    std::string name;
    bool is_silent{false};
    std::vector<TextSink*> sinks;
  };
  struct SlowDepth {  // ten fast intervals as one
    std::optional<std::uint64_t> first_update_id;
    std::uint64_t last_update_id{0};
    std::map<Price, Qty> bids;
    std::map<Price, Qty> asks;
  };
  struct SymbolStreams {
    std::array<Stream, kKindCount> streams;
    SlowDepth slow;
    int lost_depth_count{0};
  };

  [[nodiscard]] Stream* find(std::string_view name);
  void publish(std::size_t symbol, Kind kind, std::string json);
  [[nodiscard]] std::optional<MessageFate> fate_of(std::size_t symbol, const Stream& stream);
  void publish_slow_depth(std::size_t symbol, WallTime now);

  Exchange& exchange_;
  FaultPlan& faults_;
  MessageGate& gate_;
  std::vector<SymbolStreams> symbols_;
  std::map<TextSink*, Client> clients_;
  int interval_count_{0};
};

}  // namespace portcullis::sim
