#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "sim/mirror/live_source.hpp"

namespace portcullis::sim {

struct VenueFeedConfig {
  std::string ws_url;                // of the market data streams: wss://HOST[:PORT]
  std::string rest_url;              // of the public REST API: https://HOST[:PORT]
  std::string ca_file;               // who signs for them; empty: whom the system trusts
  std::vector<std::string> symbols;  // "BTCUSDT"
  std::uint64_t seed{1};             // of the jitter between attempts
};

// A real venue's public streams and snapshots, on a thread of its own: diff depth every 100 ms and
// trades of the symbols, on one connection. Subscribes within the venue's pace, answers its pings,
// comes back after a loss with growing, jittered pauses, and asks for snapshots one at a time so
// that the address stays far below the venue's request weight (facts: 50 for 1,000 levels, 6,000 a
// minute); what 429 and 418 say in Retry-After is obeyed. take() and ask_image() are the owner
// thread's.
class VenueFeed final : public LiveSource {
 public:
  // Running when it returns. The error names what is wrong with the configuration.
  static std::expected<std::unique_ptr<VenueFeed>, std::string> open(const VenueFeedConfig& config);
  ~VenueFeed() override;
  VenueFeed(const VenueFeed&) = delete;
  VenueFeed& operator=(const VenueFeed&) = delete;

  bool take(LiveEvent& event) override;
  void ask_image(const std::string& symbol) override;

  // Two streams a symbol, 1,024 a connection (Binance: WebSocket limits).
  static constexpr std::size_t kSymbolsMax = 512;
  // Messages that wait for the owner; beyond it the connection is given up and begun anew.
  static constexpr std::size_t kBacklogMax = 200'000;

 private:
  struct Impl;
  explicit VenueFeed(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// The body of GET `target` below `rest_url`, waited for; for the start of the program.
[[nodiscard]] std::expected<std::string, std::string> fetch_text(const std::string& rest_url,
                                                                 const std::string& ca_file,
                                                                 const std::string& target);

}  // namespace portcullis::sim
