#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// What the venue remembers for its judges. All records draw their numbers from one sequence, so
// that any two of them have an order.

// One request, answered or not, whatever came of it.
struct RequestRecord {
  std::uint64_t number{0};
  WallTime in{};                  // read whole
  std::optional<WallTime> out{};  // its reply was on its way out; nothing: there was none
  SimAccountId account{};         // the crowd's: nobody, or not known who
  std::string remote{};
  bool is_ws{false};
  std::string method{};  // "order.place"; "GET /x" when there is no such call
  std::string symbol{};
  std::string client_order_id{};
  int status{0};  // as replied; zero: no reply was made yet
  int code{0};    // 0: accepted; otherwise the refusal's
  // What became of the reply: "sent", or a fault's doing: "lost", "late", "twice", "reordered",
  // "false", "cut", "on a bad line".
  const char* reply{"pending"};
};

// One order message that reached the matching engine.
struct MessageRecord {
  std::uint64_t number{0};
  WallTime time{};
  SimAccountId account{};
  std::string method{};
  std::string symbol{};
  std::string client_order_id{};
  int code{0};
};

// One change of one order.
struct OrderEventRecord {
  std::uint64_t number{0};
  WallTime time{};
  SimAccountId account{};
  AccountEvent::Type type{};
  OrderStatus status{};
  Side side{};
  std::size_t symbol{0};
  std::uint64_t order_id{0};
  std::uint64_t execution_id{0};
  std::string client_order_id{};
  Price px{};
  Qty qty{};
  Qty cum_qty{};
  Qty last_qty{};  // of a trade, and below
  Price last_px{};
  std::uint64_t trade_id{0};
  bool is_maker{false};
};

struct FillRecord {
  std::uint64_t number{0};
  Fill fill{};
};

// A balance changed from outside: deposits, withdrawals, external locks.
struct TransferRecord {
  std::uint64_t number{0};
  WallTime time{};
  SimAccountId account{};
  std::string asset{};
  Qty amount{};
  bool is_lock{false};
};

// The newest records of one kind, by number; the oldest are forgotten, and counted.
template <class Record>
class RecordList {
 public:
  explicit RecordList(std::size_t max) : max_{max} {}

  Record& add(Record record) {
    if (records_.size() == max_) {
      records_.pop_front();
      ++forgotten_;
    }
    return records_.emplace_back(std::move(record));
  }
  // The first one whose number is `number` or more.
  [[nodiscard]] auto from(std::uint64_t number) const {
    return std::ranges::lower_bound(records_, number, {}, &Record::number);
  }
  [[nodiscard]] Record* find(std::uint64_t number) {
    const auto found = std::ranges::lower_bound(records_, number, {}, &Record::number);
    return found == records_.end() || found->number != number ? nullptr : &*found;
  }
  [[nodiscard]] auto begin() const { return records_.begin(); }
  [[nodiscard]] auto end() const { return records_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  std::size_t max_;
  std::deque<Record> records_;
  std::uint64_t forgotten_{0};
};

}  // namespace portcullis::sim
