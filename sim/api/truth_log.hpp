#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/time.hpp"
#include "sim/api/account_directory.hpp"
#include "sim/api/truth_records.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_script.hpp"

namespace portcullis::sim {

// Everything that truly happened to the accounts, whatever faults hid from their clients: the
// oracle of a test. Memory is bounded: of each kind of record, and of closed orders, the newest
// `records_max` are kept, and what is forgotten is counted. A writer is told every record, kept or
// not. One thread.
class TruthLog {
 public:
  static constexpr std::size_t kRecordsMaxDefault = 250'000;
  // One JSON object a line, without the newline.
  using Writer = std::move_only_function<void(std::string_view line)>;

  TruthLog(const Exchange& exchange, const AccountDirectory& accounts,
           std::size_t records_max = kRecordsMaxDefault);

  void set_writer(Writer writer) { writer_ = std::move(writer); }

  // A request that has come in; told its number, by which the rest is added.
  std::uint64_t on_request(RequestRecord request);
  // Who sent it, and what it is about.
  void on_sender(std::uint64_t number, SimAccountId account, std::string_view symbol,
                 std::string_view client_order_id);
  void on_reply(std::uint64_t number, WallTime out, int status, int code,
                const std::optional<MessageFate>& fate);

  void on_message(MessageRecord message);
  void on_account_event(SimAccountId account, const AccountEvent& event);
  void on_transfer(TransferRecord transfer);

  [[nodiscard]] const RecordList<RequestRecord>& requests() const noexcept { return requests_; }
  [[nodiscard]] const RecordList<MessageRecord>& messages() const noexcept { return messages_; }
  [[nodiscard]] const RecordList<OrderEventRecord>& events() const noexcept { return events_; }
  [[nodiscard]] const RecordList<FillRecord>& fills() const noexcept { return fills_; }
  [[nodiscard]] const RecordList<TransferRecord>& transfers() const noexcept { return transfers_; }
  // As they stand now, by symbol and order id.
  using Orders = std::map<std::pair<std::size_t, std::uint64_t>, Order>;
  [[nodiscard]] const Orders& orders() const noexcept { return orders_; }
  [[nodiscard]] std::uint64_t orders_forgotten() const noexcept { return orders_forgotten_; }
  // Of the next record.
  [[nodiscard]] std::uint64_t next_number() const noexcept { return last_number_ + 1; }

 private:
  void keep_order(const Order& order);

  const Exchange& exchange_;
  const AccountDirectory& accounts_;
  const std::size_t records_max_;
  Writer writer_;
  std::uint64_t last_number_{0};
  RecordList<RequestRecord> requests_;
  RecordList<MessageRecord> messages_;
  RecordList<OrderEventRecord> events_;
  RecordList<FillRecord> fills_;
  RecordList<TransferRecord> transfers_;
  Orders orders_;
  std::deque<Orders::key_type> closed_orders_;  // in the order in which they closed
  std::uint64_t orders_forgotten_{0};
};

}  // namespace portcullis::sim
