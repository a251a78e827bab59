#include "oms/binance/decoded_message.hpp"

namespace portcullis::oms::binance {

MessageKind kind_of_event(std::string_view type) noexcept {
  if (type == "executionReport") return MessageKind::kOrderEvent;
  if (type == "outboundAccountPosition") return MessageKind::kBalanceEvent;
  if (type == "eventStreamTerminated") return MessageKind::kStreamTerminated;
  if (type == "serverShutdown") return MessageKind::kServerShutdown;
  if (type == "balanceUpdate" || type == "externalLockUpdate") return MessageKind::kBalanceChange;
  if (type == "listStatus") return MessageKind::kListEvent;
  return MessageKind::kUnknownEvent;
}

void DecodedMessage::reset(MonoTime received) noexcept {
  kind = MessageKind::kGarbage;
  request = {};
  failure = {};
  failure.received = received;
  replace = {};
  retry_after = {};
  server_time = {};
  has_rate_budget = false;
  budget = {};
  list_status = {};
  balance_change = {};
  parked = {};
  reports.clear();
  balances.clear();
}

void DecodedMessage::spoil(MessageKind as) noexcept {
  kind = as;
  replace = {};
  parked = {};
  reports.clear();
  balances.clear();
}

}  // namespace portcullis::oms::binance
