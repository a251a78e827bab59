#include <algorithm>
#include <array>

#include "sim/admin/admin_call.hpp"
#include "sim/api/truth_json.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

constexpr std::uint64_t kPageDefault = 1'000;
constexpr std::uint64_t kPageMax = 100'000;

TruthNames names_of(const AdminParts& parts) {
  return {parts.venue.exchange, parts.venue.accounts};
}

HttpReply everything(AdminParts& parts, AdminRequest& request) {
  TruthFilter filter{.account = request.query_account(parts.venue)};
  if (const auto since = request.query_number("since")) {
    filter.since = wall_time(static_cast<std::int64_t>(*since));
  }
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_ok(truth_json(parts.venue.truth, names_of(parts), filter));
}

const SimAccountId& account_of(const FillRecord& record) {
  return record.fill.account;
}
template <class Record>
const SimAccountId& account_of(const Record& record) {
  return record.account;
}

// What a page is about: one account, one symbol, one order.
struct PageFilter {
  std::optional<SimAccountId> account{};
  std::optional<std::size_t> symbol{};
  std::optional<std::uint64_t> order_id{};
};

bool passes(const PageFilter& filter, const OrderEventRecord& event) {
  return (!filter.symbol || event.symbol == *filter.symbol) &&
         (!filter.order_id || event.order_id == *filter.order_id);
}
bool passes(const PageFilter& filter, const FillRecord& record) {
  return (!filter.symbol || record.fill.symbol == *filter.symbol) &&
         (!filter.order_id || record.fill.order_id == *filter.order_id);
}
template <class Record>
bool passes(const PageFilter&, const Record&) {
  return true;
}

// The oldest records from a number on; "next" is where to go on from.
template <auto kList, bool kHasOrders>
HttpReply page(AdminParts& parts, AdminRequest& request) {
  const auto& records = (parts.venue.truth.*kList)();
  PageFilter filter{.account = request.query_account(parts.venue)};
  if (kHasOrders) {
    filter.symbol = request.query_symbol(parts.venue);
    filter.order_id = request.query_number("orderId");
  }
  const std::uint64_t from = request.query_number("from").value_or(0);
  const auto limit =
      std::clamp<std::uint64_t>(request.query_number("limit").value_or(kPageDefault), 1, kPageMax);
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().field("forgotten", records.forgotten()).key("records").open_array();
  std::uint64_t next = parts.venue.truth.next_number();
  std::uint64_t count = 0;
  for (auto record = records.from(from); record != records.end(); ++record) {
    if (filter.account && account_of(*record) != *filter.account) continue;
    if (!passes(filter, *record)) continue;
    if (count++ == limit) {
      next = record->number;
      break;
    }
    out.open_object();
    write_fields(out, *record, names_of(parts));
    out.close_object();
  }
  return admin_ok(out.close_array().field("next", next).close_object().take());
}

HttpReply orders(AdminParts& parts, AdminRequest& request) {
  const auto account = request.query_account(parts.venue);
  const auto symbol = request.query_symbol(parts.venue);
  const bool is_open_only = request.query("open").value_or("false") == "true";
  const auto limit =
      std::clamp<std::uint64_t>(request.query_number("limit").value_or(kPageDefault), 1, kPageMax);
  const std::uint64_t from = request.query_number("from").value_or(0);
  if (from != 0 && !symbol) request.problem("query: from= is an order id, so it needs symbol=");
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object()
      .field("forgotten", parts.venue.truth.orders_forgotten())
      .key("orders")
      .open_array();
  std::uint64_t count = 0;
  for (const auto& [key, order] : parts.venue.truth.orders()) {
    if ((account && order.account != *account) || (symbol && key.first != *symbol)) continue;
    if (key.second < from || (is_open_only && !order.is_open())) continue;
    if (count++ == limit) break;
    out.open_object().field("account", parts.venue.accounts.name_of(order.account)).key("order");
    write_order(out, parts.venue.exchange.symbols()[order.symbol], order);
    out.close_object();
  }
  return admin_ok(out.close_array().field("isWhole", count <= limit).close_object().take());
}

HttpReply balances(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  const Exchange& exchange = parts.venue.exchange;
  JsonOut out;
  out.open_object().key("accounts").open_object();
  for (const auto& [name, account] : parts.venue.accounts.all()) {
    out.key(name);
    write_balances(out, exchange.balances(account));
  }
  out.close_object().key("feesCollected");
  write_balances(out, exchange.fees_collected());
  out.key("crowd");
  write_balances(out, exchange.balances(kCrowd));
  return admin_ok(out.close_object().take());
}

constexpr const char* kPaging = "?account, from, limit";
constexpr const char* kOrderPaging = "?account, symbol, orderId, from, limit";

constexpr std::array kCalls{
    AdminCall{"GET", "/truth", "balances, orders, fills and order messages by account",
              "?account, since (ns)", everything},
    AdminCall{"GET", "/truth/requests",
              "every request: when in, when out, from whom, what was said and what became of it",
              kPaging, page<&TruthLog::requests, false>},
    AdminCall{"GET", "/truth/messages", "order messages that reached the matching engine", kPaging,
              page<&TruthLog::messages, false>},
    AdminCall{"GET", "/truth/events", "every change of every order", kOrderPaging,
              page<&TruthLog::events, true>},
    AdminCall{"GET", "/truth/fills", "both sides' fills, with fees", kOrderPaging,
              page<&TruthLog::fills, true>},
    AdminCall{"GET", "/truth/transfers", "deposits, withdrawals, external locks", kPaging,
              page<&TruthLog::transfers, false>},
    AdminCall{"GET", "/truth/orders", "orders as they stand",
              "?account, symbol, open, from (order id), limit", orders},
    AdminCall{"GET", "/truth/balances", "of all accounts, the crowd, and the fees taken", "",
              balances},
};

}  // namespace

std::span<const AdminCall> truth_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
