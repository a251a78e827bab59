#include "app/panel.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <optional>
#include <string_view>

namespace portcullis::app {

namespace {

constexpr std::string_view kHomeAndClearBelow = "\033[H\033[J";

__attribute__((format(printf, 1, 2))) std::string text(const char* format, ...) {
  std::array<char, 256> line{};
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
  va_end(arguments);
  return {line.data(), std::min(static_cast<std::size_t>(std::max(length, 0)), line.size() - 1)};
}

// Adds lines cut to the terminal's width, so that a narrow one does not wrap and scroll.
class Canvas {
 public:
  explicit Canvas(int width) : width_{static_cast<std::size_t>(std::max(width, 20))} {}
  void line(const std::string& content = {}) {
    out_ += content.substr(0, width_);
    out_ += '\n';
  }
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  std::size_t width_;
  std::string out_;
};

std::string signed_text(const std::string& number) {
  return number.starts_with('-') ? number : "+" + number;
}

std::string pnl_text(std::optional<Notional> amount) {
  if (!amount) return "?";
  // Two places are enough to look at; the summary and the venue have them all.
  const std::int64_t cents = amount->raw() / 1'000'000;
  return signed_text(Notional::from_raw(cents * 1'000'000).str(2));
}

void add_symbols(Canvas& canvas, const PanelData& data) {
  canvas.line(text("%-10s %14s %14s %-9s %7s %5s %13s %12s %12s", "symbol", "bid", "ask", "book",
                   "age", "open", "position", "realised", "unrealised"));
  for (const PanelSymbol& symbol : data.symbols) {
    canvas.line(text("%-10s %14s %14s %-9s %7s %5d %13s %12s %12s", symbol.name.c_str(),
                     symbol.top.bid_px.str(2).c_str(), symbol.top.ask_px.str(2).c_str(),
                     to_string(symbol.book_state), format_latency(symbol.book_age.count()).c_str(),
                     symbol.open_orders, signed_text(symbol.position.str()).c_str(),
                     pnl_text(symbol.realised_pnl).c_str(),
                     pnl_text(symbol.unrealised_pnl).c_str()));
  }
}

void add_results(Canvas& canvas, const PanelData& data) {
  if (!data.strategies.empty()) {
    canvas.line();
    canvas.line(text("%-10s %-14s %13s %12s %12s %12s", "strategy", "symbol", "position",
                     "realised", "fifo", "unrealised"));
  }
  for (const PanelStrategy& row : data.strategies) {
    canvas.line(text("%-10s %-14s %13s %12s %12s %12s", row.name.c_str(), row.symbol.c_str(),
                     signed_text(row.position.str()).c_str(), pnl_text(row.realised_pnl).c_str(),
                     pnl_text(row.realised_fifo).c_str(), pnl_text(row.unrealised_pnl).c_str()));
  }
  for (const PanelAccount& account : data.accounts) {
    canvas.line(text("account %-8s realised %s   unrealised %s   total %s",
                     account.quote_asset.c_str(), pnl_text(account.realised_pnl).c_str(),
                     pnl_text(account.unrealised_pnl).c_str(),
                     pnl_text(account.total_pnl).c_str()));
  }
}

// All places.
std::string exact_text(std::optional<Notional> amount, const char* why_unknown) {
  return amount ? signed_text(amount->str()) : std::string{"unknown ("} + why_unknown + ")";
}

void add_hops(Canvas& canvas, const PanelData& data) {
  canvas.line(text("%-22s %10s %10s %10s %10s %10s", "hop", "count", "p50", "p99", "p99.9", "max"));
  for (const PanelHop& hop : data.hops) {
    canvas.line(text("%-22s %10llu %10s %10s %10s %10s", hop.name.c_str(),
                     static_cast<unsigned long long>(hop.count), format_latency(hop.p50_ns).c_str(),
                     format_latency(hop.p99_ns).c_str(), format_latency(hop.p999_ns).c_str(),
                     format_latency(hop.max_ns).c_str()));
  }
}

std::string denial_text(const PanelData& data) {
  std::string denials;
  for (const PanelDenial& denial : data.denials) {
    denials += denials.empty() ? "" : ", ";
    denials += denial.rule + " " + std::to_string(denial.count);
  }
  return denials.empty() ? "none" : denials;
}

std::string state_text(const PanelData& data) {
  std::string state = to_string(data.state);
  if (!data.state_detail.empty()) state += " (" + data.state_detail + ")";
  return state;
}

void add_totals(Canvas& canvas, const PanelData& data) {
  canvas.line(
      text("orders %lld   cancels %lld   fills %lld   venue rejects %lld   unknown %lld   "
           "open %lld",
           static_cast<long long>(data.orders), static_cast<long long>(data.cancels),
           static_cast<long long>(data.fills), static_cast<long long>(data.rejects),
           static_cast<long long>(data.unknown), static_cast<long long>(data.open_orders)));
  canvas.line("denied: " + denial_text(data));
  std::string fees;
  for (const PanelFee& fee : data.fees) fees += "  " + fee.amount + " " + fee.asset;
  if (!fees.empty()) canvas.line("fees:" + fees);
}

}  // namespace

std::string format_latency(std::int64_t ns) {
  if (ns < 1'000) return text("%lld ns", static_cast<long long>(ns));
  const auto value = static_cast<double>(ns);
  if (ns < 1'000'000) return text("%.1f us", value / 1e3);
  if (ns < 1'000'000'000) return text("%.2f ms", value / 1e6);
  return text("%.2f s", value / 1e9);
}

std::string render_panel(const PanelData& data, int width, bool is_terminal) {
  Canvas canvas{width};
  canvas.line("Portcullis   " + state_text(data) +
              text("   %lld s", static_cast<long long>(data.elapsed_s)) +
              (data.seconds > 0 ? text(" of %lld", static_cast<long long>(data.seconds)) : "") +
              "   Ctrl-C drains");
  canvas.line();
  add_symbols(canvas, data);
  add_results(canvas, data);
  canvas.line();
  add_totals(canvas, data);
  canvas.line();
  add_hops(canvas, data);
  for (const std::string& warning : data.warnings) canvas.line("warning: " + warning);
  const std::string begin{is_terminal ? kHomeAndClearBelow : ""};
  return begin + std::move(canvas).take();
}

std::string render_line(const PanelData& data) {
  std::string line =
      text("%4lld s  %s  orders %lld  fills %lld  open %lld  unknown %lld  denied ",
           static_cast<long long>(data.elapsed_s), state_text(data).c_str(),
           static_cast<long long>(data.orders), static_cast<long long>(data.fills),
           static_cast<long long>(data.open_orders), static_cast<long long>(data.unknown));
  std::int64_t denied = 0;
  for (const PanelDenial& denial : data.denials) denied += denial.count;
  line += std::to_string(denied);
  for (const PanelSymbol& symbol : data.symbols) {
    line += "  " + symbol.name + " " + symbol.top.bid_px.str(2) + "/" + symbol.top.ask_px.str(2) +
            " " + to_string(symbol.book_state) + " pos " + signed_text(symbol.position.str());
  }
  for (const PanelHop& hop : data.hops) {
    if (hop.name == "tick_to_trade") {
      line += "  tick_to_trade p50 " + format_latency(hop.p50_ns) + " p99 " +
              format_latency(hop.p99_ns);
    }
  }
  return line + "\n";
}

std::string render_summary(const PanelData& data) {
  Canvas canvas{200};
  canvas.line(text("Session of %lld s, ended %s", static_cast<long long>(data.elapsed_s),
                   state_text(data).c_str()));
  canvas.line();
  add_totals(canvas, data);
  for (const PanelSymbol& symbol : data.symbols) {
    canvas.line(symbol.name + ": position " + signed_text(symbol.position.str()) +
                ", realised PnL " + exact_text(symbol.realised_pnl, "a fee without a price") +
                ", unrealised " + exact_text(symbol.unrealised_pnl, "no book"));
  }
  add_results(canvas, data);
  canvas.line();
  add_hops(canvas, data);
  for (const std::string& warning : data.warnings) canvas.line("warning: " + warning);
  return std::move(canvas).take();
}

}  // namespace portcullis::app
