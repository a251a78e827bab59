#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// A second exchange of one symbol, written to be obviously right: maps of queues of plain integers
// (counts of 1e-8), funds held as totals, what is locked worked out from the open orders each time.
// It shares no code and no type with the one under test.
namespace reference {

enum class Kind { kLimit, kIoc, kFok, kMaker, kMarket };
enum class Expires { kNobody, kTaker, kMaker, kBoth };  // when an account meets itself

struct Order {
  std::uint64_t id{0};
  int account{0};  // 0 is the crowd
  bool is_buy{false};
  Kind kind{Kind::kLimit};
  Expires expires{Expires::kMaker};
  std::int64_t px{0};
  std::int64_t qty{0};
  std::int64_t done{0};
  std::int64_t paid{0};  // quote
  char state{'n'};       // n new, p partly filled, f filled, c canceled, e expired

  [[nodiscard]] bool is_open() const { return state == 'n' || state == 'p'; }
};

struct Trade {
  std::int64_t px;
  std::int64_t qty;
  std::int64_t quote;
  bool is_buyer_maker;
  friend bool operator==(const Trade&, const Trade&) = default;
};

// A bound of zero is off. Rates are counts of 1e-8 too.
struct Rules {
  bool has_price_filter{true};
  std::int64_t tick{1};
  std::int64_t px_min{1};
  std::int64_t px_max{0};
  bool has_lot_filter{true};
  std::int64_t lot{1};
  std::int64_t qty_min{1};
  std::int64_t qty_max{0};
  std::int64_t notional_min{0};
  std::int64_t maker_rate{0};
  std::int64_t taker_rate{0};
};

class Exchange {
 public:
  Exchange(const Rules& rules, int accounts, std::int64_t base, std::int64_t quote);

  // "" when accepted, else the first of: price, lot, value, notional, maker, funds. An accepted
  // order is then order(last_id()).
  std::string place(Order order);
  bool cancel(int account, std::uint64_t id);
  std::vector<std::uint64_t> cancel_all(int account);

  // Of the last call: the trades, and which orders of accounts have changed.
  [[nodiscard]] const std::vector<Trade>& trades() const { return trades_; }
  [[nodiscard]] const std::set<std::uint64_t>& changed() const { return changed_; }

  [[nodiscard]] std::uint64_t last_id() const { return orders_.size(); }
  [[nodiscard]] const Order& order(std::uint64_t id) const { return orders_.at(id - 1); }
  [[nodiscard]] std::int64_t total(int account, bool is_base) const;
  [[nodiscard]] std::int64_t locked(int account, bool is_base) const;
  [[nodiscard]] std::int64_t fees(bool is_base) const { return fees_[is_base ? 0 : 1]; }
  // price -> quantity, ascending
  [[nodiscard]] std::map<std::int64_t, std::int64_t> depth(bool is_bids) const;
  // (0, 0) when the side is empty.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> best(bool is_bids) const;
  [[nodiscard]] const std::set<std::uint64_t>& open(int account) const;

 private:
  using Queues = std::map<std::int64_t, std::deque<std::uint64_t>>;
  __extension__ using Wide = __int128;
  struct Reach {
    std::int64_t qty{0};
    Wide cost{0};
  };

  [[nodiscard]] std::string refusal(const Order& order) const;
  [[nodiscard]] std::string filter_refusal(const Order& order) const;
  [[nodiscard]] bool would_take(const Order& order) const;
  [[nodiscard]] bool can_pay(const Order& order) const;
  [[nodiscard]] Reach reach(const Order& order) const;
  void match(Order& taker);
  void trade(Order& taker, Order& maker);
  void settle(const Order& order, std::int64_t qty, std::int64_t quote, std::int64_t rate);
  void end(Order& order, char state);  // out of the book
  void note(const Order& order);
  Order& at(std::uint64_t id) { return orders_.at(id - 1); }
  Queues& side_of(const Order& order) { return order.is_buy ? bids_ : asks_; }

  Rules rules_;
  std::vector<Order> orders_;  // by id, from 1
  Queues bids_;
  Queues asks_;
  std::vector<std::set<std::uint64_t>> open_;            // by account
  std::map<std::pair<int, bool>, std::int64_t> totals_;  // account, is base
  std::int64_t fees_[2]{0, 0};
  std::int64_t last_px_{0};
  std::vector<Trade> trades_;
  std::set<std::uint64_t> changed_;
};

}  // namespace reference
