#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/enums.hpp"
#include "core/kill_switch.hpp"
#include "core/messages.hpp"

namespace portcullis::app {

// What the panel, the plain line and the summary show: plain values, collected by the control loop.
struct PanelSymbol {
  std::string name;
  TopOfBook top{};
  BookState book_state{BookState::kEmpty};
  Nanos book_age{};
  int open_orders{0};
  Qty position{};
  std::optional<Notional> realised_pnl;    // nothing: the price of a fee is not known
  std::optional<Notional> unrealised_pnl;  // nothing: no usable book
};

// What one strategy has of one symbol.
struct PanelStrategy {
  std::string name;
  std::string symbol;
  Qty position{};
  std::optional<Notional> realised_pnl;
  std::optional<Notional> realised_fifo;
  std::optional<Notional> unrealised_pnl;
};

// All symbols that trade against one asset; nothing when a part is not known.
struct PanelAccount {
  std::string quote_asset;
  std::optional<Notional> realised_pnl;
  std::optional<Notional> unrealised_pnl;
  std::optional<Notional> total_pnl;
};

struct PanelHop {
  std::string name;
  std::uint64_t count{0};
  std::int64_t p50_ns{0};
  std::int64_t p99_ns{0};
  std::int64_t p999_ns{0};
  std::int64_t max_ns{0};
};

struct PanelDenial {
  std::string rule;
  std::int64_t count{0};
};

struct PanelFee {
  std::string asset;
  std::string amount;
};

struct PanelData {
  TradingState state{TradingState::kStarting};
  std::string state_detail;  // "killed, verifying", "venue down", ...
  std::int64_t elapsed_s{0};
  std::int64_t seconds{0};  // of the session; 0: until stopped
  std::vector<PanelSymbol> symbols;
  std::vector<PanelStrategy> strategies;  // those that have traded
  std::vector<PanelAccount> accounts;
  std::int64_t orders{0};
  std::int64_t cancels{0};
  std::int64_t fills{0};
  std::int64_t rejects{0};
  std::int64_t unknown{0};
  std::int64_t open_orders{0};
  std::vector<PanelDenial> denials;  // those that happened, most first
  std::vector<PanelFee> fees;
  std::vector<PanelHop> hops;  // those with samples, in the path's order
  std::vector<std::string> warnings;
};

// The whole panel, `width` columns wide; with `is_terminal`, it redraws itself in place.
[[nodiscard]] std::string render_panel(const PanelData& data, int width, bool is_terminal);
// One line a second where there is no terminal.
[[nodiscard]] std::string render_line(const PanelData& data);
// What remains on the screen at the end.
[[nodiscard]] std::string render_summary(const PanelData& data);

// "870 ns", "12.3 us", "4.56 ms", "1.20 s"
[[nodiscard]] std::string format_latency(std::int64_t ns);

}  // namespace portcullis::app
