#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/exchange/accounts.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/order_history.hpp"
#include "sim/exchange/outbox.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// One symbol: its book, its orders, its ids. Price-time matching at the resting order's price.
//
// - A buy locks its quote value (rounded up) and a sell its base quantity when it is accepted; a
//   market buy locks nothing, its cost on the present book is checked instead.
// - An account's resting order that its own new order meets expires, and the new one goes on
//   (self-trade prevention EXPIRE_MAKER, the venue's default on its main symbols).
// - FOK looks first and touches nothing when it cannot fill; its own resting orders do not count.
//
// Everything told goes to the outbox; the owner flushes it when the call is done.
class MatchingEngine {
 public:
  MatchingEngine(std::size_t symbol, const SymbolSpec& spec, Accounts& accounts, Outbox& outbox);

  std::expected<PlaceResult, VenueError> place(SimAccountId account, const NewOrder& order,
                                               WallTime now);
  std::expected<Order, VenueError> cancel(SimAccountId account, const CancelRequest& request,
                                          WallTime now);
  std::expected<std::vector<Order>, VenueError> cancel_all(SimAccountId account, WallTime now);
  void set_crowd_levels(std::span<const Level> bids, std::span<const Level> asks, WallTime now);
  void print_crowd_trade(Side aggressor, Level print, WallTime now);

  [[nodiscard]] std::expected<Order, VenueError> find_order(SimAccountId account,
                                                            std::uint64_t order_id,
                                                            std::string_view client_order_id) const;
  void append_open(SimAccountId account, std::vector<Order>& out) const;
  [[nodiscard]] std::vector<Fill> fills(SimAccountId account, std::uint64_t order_id,
                                        std::size_t limit) const;
  [[nodiscard]] const OrderBook& book() const noexcept { return book_; }
  OrderBook& book() noexcept { return book_; }
  [[nodiscard]] Price last_trade_px() const noexcept { return last_trade_px_; }

 private:
  using Entry = OrderHistory::Entry;
  using EventType = AccountEvent::Type;
  struct Leg {  // one side of a trade
    SimAccountId account;
    Entry* entry;  // null: the crowd's
    Side side;
    bool is_maker{false};
  };
  struct Trade {
    std::uint64_t trade_id;
    Price px;
    Qty qty;
    Notional quote;
    WallTime time;
  };

  [[nodiscard]] OrderHistory* history_of(SimAccountId account) const;  // null: never ordered here
  OrderHistory& history_for(SimAccountId account);                     // made when absent
  [[nodiscard]] Entry* entry_of(const OrderBook::Resting& resting);    // null: mirrored quantity
  [[nodiscard]] std::expected<Entry*, VenueError> look_up(SimAccountId account,
                                                          std::uint64_t order_id,
                                                          std::string_view client_order_id,
                                                          const VenueError& absent) const;

  [[nodiscard]] std::optional<VenueError> refusal(SimAccountId account,
                                                  const NewOrder& order) const;
  [[nodiscard]] bool has_funds(SimAccountId account, const NewOrder& order) const;
  [[nodiscard]] Price reference_price(Side taker_side) const;
  // What `account` could take at `px` or better, own orders left out, up to order.qty: how much and
  // what it would cost.
  struct Reach {
    Qty qty{};
    Notional cost{};
  };
  [[nodiscard]] Reach reach(SimAccountId account, const NewOrder& order) const;

  [[nodiscard]] Order accept(SimAccountId account, const NewOrder& order, WallTime now);
  void match(Entry& taker, WallTime now);
  // Rests, closes or expires what the matching has left.
  void finish(Entry& taker, WallTime now);
  void rest(Entry& entry);
  // `taker` null: the crowd's, without an order.
  void trade(Entry* taker, OrderBook::Handle maker_handle, Qty qty, WallTime now);
  // The crowd takes what accounts have on `side` at the limit's price or better, up to its
  // quantity; returns how much it took.
  Qty take_from_accounts(Side side, Level limit, WallTime now);
  void settle(const Leg& leg, const Trade& trade);
  void settle_crowd(const Leg& leg, const Trade& trade);
  void settle_account(const Leg& leg, const Trade& trade);

  [[nodiscard]] Accounts::Asset lock_asset(Side side) const noexcept {
    return side == Side::kBuy ? quote_ : base_;
  }
  // What an order must have locked for what is left of it.
  [[nodiscard]] static Qty lock_needed(const Order& order);
  std::expected<Order, VenueError> cancel_crowd(std::uint64_t order_id, WallTime now);
  // Takes an order that is not filled out of the book and out of life.
  void end(Entry& entry, EventType type, std::string_view cancel_client_order_id, WallTime now);
  void close(Entry& entry);
  void tell(const Entry& entry, EventType type, const Fill* fill = nullptr,
            std::string_view cancel_client_order_id = {});

  const std::size_t symbol_;
  const SymbolSpec& spec_;
  Accounts& accounts_;
  Outbox& outbox_;
  const Accounts::Asset base_;
  const Accounts::Asset quote_;

  OrderBook book_;
  // By account; null where the account has never ordered.
  std::vector<std::unique_ptr<OrderHistory>> histories_;
  std::unordered_map<std::uint64_t, Entry> crowd_orders_;  // resting ones only
  std::uint64_t next_order_id_{1};
  std::uint64_t next_trade_id_{1};
  std::uint64_t next_execution_id_{1};
  Price last_trade_px_{};
};

}  // namespace portcullis::sim
