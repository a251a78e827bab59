#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"
#include "oms/order_accounting.hpp"
#include "oms/outstanding_questions.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// A round over all symbols: the account's own trades since the last known id of each, page by page
// until one is not full (Binance: myTrades with fromId). A trade that was not told yet goes to the
// accounting under its order; one whose order we cannot name waits until the venue has named it.
// Only a round raises the floor (FillLedger): the stream may leave gaps behind it.
//
// At a symbol's very first round there is nothing to go on from. The newest trade is asked for, to
// learn its id and to count nothing: the account's holdings have all that came before.
//
// Says what to ask next and is told what came; it sends nothing. One question is out at a time.
// Trading thread only; memory is taken at construction.
class OwnTrades {
 public:
  struct Question {
    SymbolId symbol{kNoSymbol};
    TradeId from{};
    VenueOrderId order{};  // not zero: whose order is this? Else: the trades from `from` on
  };

  // All of them outlive it.
  OwnTrades(const OmsSettings& settings, const InstrumentTable& instruments, LogRing& log,
            OmsCounters& counters, OrderAccounting& accounting);

  // From the first symbol; an answer to an earlier round's question is not this round's.
  void start(MonoTime now) noexcept;
  // The round is given up; answers may still come.
  void stop() noexcept;
  void on_disconnected() noexcept { pages_asked_.clear(); }
  [[nodiscard]] bool is_running() const noexcept { return is_running_; }

  // What to ask now, if anything.
  [[nodiscard]] std::optional<Question> question(MonoTime now) const noexcept;
  void on_asked(const Question& question, MonoTime now) noexcept;

  // True when the report is a trade of a page: it is dealt with here.
  [[nodiscard]] bool take(const VenueReport& report, const Now& now) noexcept;
  // True when it ended the round.
  [[nodiscard]] bool on_page(const TradesPage& page, const Now& now) noexcept;
  // Whatever names an order may be what is waited for. True when it ended the round.
  [[nodiscard]] bool on_order(const VenueReport& report, const Now& now) noexcept;
  // True when it ended the round.
  [[nodiscard]] bool on_failure(const RequestFailure& failure, const Now& now) noexcept;

 private:
  [[nodiscard]] std::optional<TradeId> floor() const noexcept;
  void begin_symbol() noexcept;
  void hear(const VenueReport& trade, const Now& now) noexcept;
  void name(SymbolId symbol, VenueOrderId venue_order_id, OrderId order_id,
            const Now& now) noexcept;
  [[nodiscard]] bool conclude_page(const Now& now) noexcept;
  void ask_at_once(MonoTime now) noexcept;

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  LogRing& log_;
  OmsCounters& counters_;
  OrderAccounting& accounting_;

  std::vector<VenueReport> nameless_;  // trades of the page whose order is not known, as they came
  TradesPage page_{};                  // asked for, and once it has come how it ended
  TradeId highest_{};                  // seen of the symbol in this round
  MonoTime next_{};                    // no question before this
  Nanos backoff_{};
  OutstandingQuestions pages_asked_;
  bool is_running_{false};
  bool is_page_here_{false};    // and waits for the names of orders
  bool is_page_spoilt_{false};  // a trade of it found no room: it is asked for again
};

}  // namespace portcullis::oms
