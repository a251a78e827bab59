#pragma once

#include <cstddef>
#include <string_view>

#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "core/time.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/binance/stated_fields.hpp"

namespace portcullis::oms::binance {

// Turns what the venue stated into the seam's reports and balances. Each call answers false when
// the statement cannot be taken: a word nobody knows, an amount missing, negative or out of range,
// no room left. What only concerns symbols and orders of others is left out instead.
class ReportBuilder {
 public:
  ReportBuilder(const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids) noexcept
      : instruments_{&instruments},
        cl_ord_ids_{cl_ord_ids} {}

  // Takes the place of an order's first report, before its fields have been read; its fills follow.
  [[nodiscard]] static bool open_order(MonoTime received, ReportSource source,
                                       DecodedMessage& out) noexcept;
  [[nodiscard]] bool add_fill(const FillFields& stated, DecodedMessage& out) noexcept;
  // Makes reports of the place at `first` and the fills after it.
  [[nodiscard]] bool complete_order(const OrderFields& stated, std::size_t first,
                                    DecodedMessage& out) noexcept;

  [[nodiscard]] bool add_trade(const TradeFields& stated, MonoTime received,
                               DecodedMessage& out) noexcept;
  [[nodiscard]] bool add_balance(const BalanceFields& stated, DecodedMessage& out) noexcept;
  // This and the next two set the message's kind as well.
  [[nodiscard]] bool add_balance_change(const BalanceChangeFields& stated, bool is_lock,
                                        DecodedMessage& out) noexcept;
  [[nodiscard]] bool add_list_status(const ListStatusFields& stated, DecodedMessage& out) noexcept;
  [[nodiscard]] bool add_execution_report(const EventFields& stated, MonoTime received,
                                          DecodedMessage& out) noexcept;

 private:
  SymbolId find_symbol(std::string_view text) noexcept;
  AssetId find_asset(std::string_view text) noexcept;
  bool read_fill(const FillFields& stated, VenueReport& report) noexcept;
  bool read_execution_report(const EventFields& stated, VenueReport& report) noexcept;

  const InstrumentTable* instruments_;
  ClOrdIdCodec cl_ord_ids_;
  // The table is searched by text; most messages are about what the last one was about.
  SymbolId last_symbol_{kNoSymbol};
  AssetId last_asset_{kNoAsset};
};

}  // namespace portcullis::oms::binance
