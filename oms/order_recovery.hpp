#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/counters.hpp"
#include "core/instrument.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/journal/segment_store.hpp"
#include "oms/holdings.hpp"
#include "oms/oms_settings.hpp"
#include "oms/order_accounting.hpp"
#include "oms/order_journal.hpp"
#include "risk/exposure.hpp"

namespace portcullis::oms {

// Orders, fills and positions as a journal tells them: the same accounting, with nobody listening,
// is told the same facts again. Cold.
class RecoveredOrders {
 public:
  // Reads the journal twice: for the names of its symbols, then for its facts. An error when it is
  // damaged (a torn tail is none), or holds what this version does not know.
  static std::expected<std::unique_ptr<RecoveredOrders>, std::string> read(
      journal::SegmentStore& store, const OmsSettings& settings);

  // For the journal to go on from: at its end.
  [[nodiscard]] journal::JournalReader& reader() noexcept { return *reader_; }
  // With the symbols and assets of all runs, whose numbers the accounting uses.
  [[nodiscard]] const InstrumentTable& instruments() const noexcept { return instruments_; }
  [[nodiscard]] OrderAccounting& accounting() noexcept { return *accounting_; }
  // Its positions are what the account holds, with no baseline taken off.
  [[nodiscard]] const risk::Exposure& exposure() const noexcept { return *exposure_; }
  [[nodiscard]] bool has_holding(SymbolId symbol) const noexcept {
    return is_held_[symbol.raw()] != 0;
  }
  [[nodiscard]] std::uint64_t run_count() const noexcept { return run_count_; }
  // Of all runs: a new one must take a higher epoch, or it would use their ids again.
  [[nodiscard]] std::uint64_t epoch_max() const noexcept { return epoch_max_; }
  [[nodiscard]] std::uint64_t order_count() const noexcept { return order_count_; }
  // Strategies that have sent orders: an accounting that takes over must count as many
  // (OmsSettings::strategies_min).
  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }

  // Into the accounting of a new run. An error when more orders are open than it holds, when it
  // counts fewer strategies, or when an order is open on a symbol that is not configured any more:
  // nobody could look after it.
  [[nodiscard]] std::expected<void, std::string> hand_over(const InstrumentTable& instruments,
                                                           OrderAccounting& accounting,
                                                           Holdings& holdings, const Now& now);

 private:
  explicit RecoveredOrders(const OmsSettings& settings);
  [[nodiscard]] std::expected<void, std::string> learn_names(journal::SegmentStore& store);
  [[nodiscard]] std::expected<void, std::string> apply_facts(journal::SegmentStore& store);
  [[nodiscard]] bool apply(const journal::Record& record);
  void apply_name(const journal::Record& record);
  [[nodiscard]] bool apply_order(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_report(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_order_fact(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_holding(const journal::Record& record);
  [[nodiscard]] bool apply_change(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_list(const journal::Record& record, const Now& now);
  [[nodiscard]] bool apply_trades_known(const journal::Record& record);
  [[nodiscard]] bool apply_fee_rate(const journal::Record& record, const Now& now);
  void note_strategy(const journal::Record& record) noexcept;
  [[nodiscard]] SymbolId symbol_of(std::uint16_t number) const noexcept;
  [[nodiscard]] AssetId asset_of(std::uint16_t number) const noexcept;
  void hand_over_positions(std::span<const std::optional<SymbolId>> symbols,
                           const InstrumentTable& instruments, OrderAccounting& accounting);
  [[nodiscard]] std::expected<void, std::string> hand_over_orders(
      std::span<const std::optional<SymbolId>> symbols, OrderAccounting& accounting,
      const Now& now);

  OmsSettings settings_;
  InstrumentTable instruments_;
  // What the accounting speaks to, and nobody reads.
  KillSwitch kill_switch_;
  LogRing log_;
  HopTimers hops_;
  HopClock clock_;
  OmsCounters counters_;
  OrderJournal no_journal_;

  std::unique_ptr<risk::Exposure> exposure_;
  std::unique_ptr<OrderAccounting> accounting_;
  std::unique_ptr<journal::JournalReader> reader_;
  std::vector<std::uint8_t> is_held_;  // by SymbolId
  std::vector<SymbolId> symbols_;      // by the present run's numbers
  std::vector<AssetId> assets_;
  std::uint64_t run_count_{0};
  std::uint64_t epoch_max_{0};
  std::uint64_t order_count_{0};
  std::size_t strategy_count_{0};
};

}  // namespace portcullis::oms
