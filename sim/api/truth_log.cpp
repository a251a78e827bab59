#include "sim/api/truth_log.hpp"

#include "sim/api/truth_json.hpp"

namespace portcullis::sim {

namespace {

const char* told(const std::optional<MessageFate>& fate) {
  if (!fate) return "sent";
  switch (fate->verb) {
    case MessageFate::Verb::kDrop: return "lost";
    case MessageFate::Verb::kDelay: return "late";
    case MessageFate::Verb::kDuplicate: return "twice";
    case MessageFate::Verb::kReorder: return "reordered";
    case MessageFate::Verb::kFalsify: return "false";
    case MessageFate::Verb::kCut: return "cut";
    case MessageFate::Verb::kWire: return "on a bad line";
  }
  return "sent";
}

bool is_told(const std::optional<MessageFate>& fate) {
  return !fate || (fate->verb != MessageFate::Verb::kDrop && fate->verb != MessageFate::Verb::kCut);
}

template <class Record>
std::string line_of(const char* kind, const Record& record, const TruthNames& names) {
  JsonOut out;
  out.open_object().field("kind", kind);
  write_fields(out, record, names);
  return out.close_object().take();
}

}  // namespace

TruthLog::TruthLog(const Exchange& exchange, const AccountDirectory& accounts,
                   std::size_t records_max)
    : exchange_{exchange},
      accounts_{accounts},
      records_max_{records_max},
      requests_{records_max},
      messages_{records_max},
      events_{records_max},
      fills_{records_max},
      transfers_{records_max} {
}

std::uint64_t TruthLog::on_request(RequestRecord request) {
  request.number = ++last_number_;
  return requests_.add(std::move(request)).number;
}

void TruthLog::on_sender(std::uint64_t number, SimAccountId account, std::string_view symbol,
                         std::string_view client_order_id) {
  RequestRecord* request = requests_.find(number);
  if (request == nullptr) return;
  request->account = account;
  request->symbol = symbol;
  request->client_order_id = client_order_id;
}

void TruthLog::on_reply(std::uint64_t number, WallTime out, int status, int code,
                        const std::optional<MessageFate>& fate) {
  RequestRecord* request = requests_.find(number);
  if (request == nullptr) return;
  request->status = status;
  request->code = code;
  request->reply = told(fate);
  if (is_told(fate)) request->out = fate ? out + fate->delay : out;
  if (writer_) writer_(line_of("request", *request, {exchange_, accounts_}));
}

void TruthLog::on_message(MessageRecord message) {
  message.number = ++last_number_;
  const MessageRecord& kept = messages_.add(std::move(message));
  if (writer_) writer_(line_of("message", kept, {exchange_, accounts_}));
}

void TruthLog::on_account_event(SimAccountId account, const AccountEvent& event) {
  if (account == kCrowd) return;
  const Order& order = event.order;
  OrderEventRecord record{.number = ++last_number_,
                          .time = order.updated,
                          .account = account,
                          .type = event.type,
                          .status = order.status,
                          .side = order.side,
                          .symbol = order.symbol,
                          .order_id = order.order_id,
                          .execution_id = event.execution_id,
                          .client_order_id = order.client_order_id,
                          .px = order.px,
                          .qty = order.qty,
                          .cum_qty = order.cum_qty};
  if (event.fill) {
    record.last_qty = event.fill->qty;
    record.last_px = event.fill->px;
    record.trade_id = event.fill->trade_id;
    record.is_maker = event.fill->is_maker;
    const FillRecord& fill = fills_.add({.number = ++last_number_, .fill = *event.fill});
    if (writer_) writer_(line_of("fill", fill, {exchange_, accounts_}));
  }
  const OrderEventRecord& kept = events_.add(std::move(record));
  if (writer_) writer_(line_of("event", kept, {exchange_, accounts_}));
  keep_order(order);
}

void TruthLog::on_transfer(TransferRecord transfer) {
  transfer.number = ++last_number_;
  const TransferRecord& kept = transfers_.add(std::move(transfer));
  if (writer_) writer_(line_of("transfer", kept, {exchange_, accounts_}));
}

void TruthLog::keep_order(const Order& order) {
  const Orders::key_type key{order.symbol, order.order_id};
  const auto found = orders_.find(key);
  const bool was_open = found == orders_.end() || found->second.is_open();
  orders_.insert_or_assign(key, order);
  if (order.is_open() || !was_open) return;
  closed_orders_.push_back(key);
  if (closed_orders_.size() <= records_max_) return;
  orders_.erase(closed_orders_.front());
  closed_orders_.pop_front();
  ++orders_forgotten_;
}

}  // namespace portcullis::sim
