#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// A second exchange of one symbol, written to be obviously right and slow: maps and lists of plain
// integers (counts of 1e-8), funds held as totals, what is locked worked out from the open orders
// each time. It shares no code and no type with the one under test.
namespace reference {

enum class Kind { kLimit, kIoc, kFok, kMaker, kMarket };

struct Order {
  std::uint64_t id{0};
  int account{0};  // 0 is the crowd
  bool is_buy{false};
  Kind kind{Kind::kLimit};
  std::int64_t px{0};
  std::int64_t qty{0};
  std::int64_t done{0};
  std::int64_t paid{0};  // quote
  char state{'n'};       // n new, p partly filled, f filled, c canceled, e expired
};

struct Trade {
  std::int64_t px;
  std::int64_t qty;
  bool is_buyer_maker;
  friend bool operator==(const Trade&, const Trade&) = default;
};

class Exchange {
 public:
  Exchange(std::int64_t maker_ppm, std::int64_t taker_ppm, int accounts, std::int64_t base,
           std::int64_t quote);

  // "" when accepted, else "maker" or "funds". The order is then orders().at(last_id()).
  std::string place(Order order);
  bool cancel(int account, std::uint64_t id);

  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  [[nodiscard]] const Order& order(std::uint64_t id) const { return orders_.at(id); }
  [[nodiscard]] const std::vector<Trade>& trades() const { return trades_; }
  [[nodiscard]] std::int64_t total(int account, bool is_base) const;
  [[nodiscard]] std::int64_t locked(int account, bool is_base) const;
  [[nodiscard]] std::int64_t fees(bool is_base) const { return fees_[is_base ? 0 : 1]; }
  // price -> quantity, ascending
  [[nodiscard]] std::map<std::int64_t, std::int64_t> depth(bool is_bids) const;
  [[nodiscard]] std::set<std::uint64_t> open(int account) const;

 private:
  using Queue = std::map<std::int64_t, std::list<std::uint64_t>>;

  [[nodiscard]] std::vector<std::uint64_t> in_reach(const Order& order) const;
  [[nodiscard]] bool can_pay(const Order& order) const;
  void trade(Order& taker, Order& maker);
  void settle(const Order& order, std::int64_t qty, std::int64_t quote, std::int64_t ppm);
  void take_off(const Order& order);

  std::int64_t maker_ppm_;
  std::int64_t taker_ppm_;
  std::uint64_t last_id_{0};
  std::map<std::uint64_t, Order> orders_;
  Queue bids_;
  Queue asks_;
  std::map<std::pair<int, bool>, std::int64_t> totals_;
  std::int64_t fees_[2]{0, 0};
  std::vector<Trade> trades_;
};

}  // namespace reference
