#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/streams/stream.hpp"

namespace portcullis::sim {

// Several differences in a row as one.
class DepthSum {
 public:
  void add(const DepthDiff& diff);
  // Nothing when nothing was added since the last take.
  std::optional<DepthDiff> take();

 private:
  std::optional<DepthDiff> sum_;
};

// The depth streams: differences and best levels, every 100 and every 1000 ms. A book that nobody
// follows is left alone. One thread.
class DepthPublisher {
 public:
  // `symbol_members`: by symbol, as event_text wants them.
  DepthPublisher(Exchange& exchange, const std::vector<std::string>& symbol_members);

  void on_first_listener(Stream& stream);
  // Every 100 ms.
  void on_interval(WallTime now, bool is_second, StreamOutlet& out);
  // A fault: the next difference of a symbol is told to nobody.
  void lose_next(std::size_t symbol) { ++books_[symbol].lost_count; }

 private:
  struct Top {
    Stream* stream;
    std::optional<std::uint64_t> told_update_id;
  };
  struct Book {
    std::vector<Stream*> fast;
    std::vector<Stream*> slow;
    std::vector<Top> tops;
    DepthSum sum;  // for the slow ones
    bool is_followed{false};
    int lost_count{0};
  };

  void publish_differences(std::size_t symbol, WallTime now, bool is_second, StreamOutlet& out);
  void publish_tops(std::size_t symbol, bool is_second, StreamOutlet& out);
  void publish(const std::vector<Stream*>& streams, std::size_t symbol, const DepthDiff& diff,
               WallTime now, StreamOutlet& out);

  Exchange& exchange_;
  const std::vector<std::string>& symbol_members_;
  std::vector<Book> books_;
};

}  // namespace portcullis::sim
