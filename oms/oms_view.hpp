#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/seqlock.hpp"
#include "core/time.hpp"

namespace portcullis::oms {

// The order accounting at a glance, for a cold reader (panel, summary, metrics).
struct OmsSnapshot {
  MonoTime taken{};
  std::int64_t orders_sent{0};
  std::int64_t orders_denied{0};
  std::int64_t orders_rejected{0};
  std::int64_t orders_not_placed{0};
  std::int64_t fills{0};
  std::uint32_t open_count{0};  // everything that may be working: in flight, on the book, unknown
  std::uint32_t unknown_count{0};  // of these, with unknown outcome
  bool is_ready{false};            // reconciled with the venue
};

struct PositionSnapshot {
  Qty qty{};  // of this session's fills, less fees in base; negative when short
  Price avg_px{};
  Notional realized{};  // net of fees in base and quote
  Notional fee_in_quote{};
  Qty fee_in_base{};
  Qty bought{};
  Qty sold{};
  bool is_fee_complete{true};  // false: fees in a third asset are not in `realized`
};

// The trading thread writes; anyone reads.
class OmsView {
 public:
  explicit OmsView(std::size_t symbol_count)
      : symbol_count_{symbol_count},
        positions_{std::make_unique<Seqlock<PositionSnapshot>[]>(symbol_count)},
        open_counts_{std::make_unique<std::atomic<std::uint32_t>[]>(symbol_count)} {}

  void publish(const OmsSnapshot& snapshot) noexcept { summary_.store(snapshot); }
  void publish(SymbolId symbol, const PositionSnapshot& snapshot) noexcept {
    positions_[symbol.raw()].store(snapshot);
  }
  void publish_open_count(SymbolId symbol, std::uint32_t count) noexcept {
    open_counts_[symbol.raw()].store(count, std::memory_order_relaxed);
  }

  // False when the writer was in the middle of it all the time: keep what was there before.
  [[nodiscard]] bool read(OmsSnapshot& out) const noexcept { return summary_.try_load(out); }
  [[nodiscard]] bool read(SymbolId symbol, PositionSnapshot& out) const noexcept {
    return symbol.raw() < symbol_count_ && positions_[symbol.raw()].try_load(out);
  }
  // Orders of the symbol that may be working.
  [[nodiscard]] std::uint32_t open_count(SymbolId symbol) const noexcept {
    return open_counts_[symbol.raw()].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t symbol_count() const noexcept { return symbol_count_; }

 private:
  std::size_t symbol_count_;
  Seqlock<OmsSnapshot> summary_;
  std::unique_ptr<Seqlock<PositionSnapshot>[]> positions_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> open_counts_;
};

}  // namespace portcullis::oms
