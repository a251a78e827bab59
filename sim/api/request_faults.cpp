#include "sim/api/request_faults.hpp"

#include <algorithm>
#include <utility>

#include "sim/api/order_params.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

// A page as a content network's firewall gives it, in our own words.
constexpr const char* kHtmlPage = R"(<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">
<TITLE>ERROR: This request was not let through</TITLE>
</HEAD><BODY>
<H1>403 ERROR</H1>
<H2>This request was not let through.</H2>
<HR noshade size="1px">
Blocked before the venue saw it.
<BR clear="all">
<PRE>
Made by portcullis-sim
</PRE>
</BODY></HTML>
)";

void add_side(JsonOut& out, const char* key, const std::vector<Level>& levels, std::size_t limit) {
  out.key(key).open_array();
  for (std::size_t i = 0; i < std::min(limit, levels.size()); ++i) {
    out.open_array().decimal(levels[i].px).decimal(levels[i].qty).close_array();
  }
  out.close_array();
}

}  // namespace

std::string_view client_order_id_of(const Params& params) {
  for (const char* name : {"origClientOrderId", "newClientOrderId", "listClientOrderId"}) {
    if (const auto found = params.find(name)) return *found;
  }
  return {};
}

std::optional<RequestFault> request_fault(VenueCore& venue, const Method& method,
                                          const Params& params, SimAccountId account,
                                          std::string_view api_key) {
  if (venue.faults.is_empty()) return std::nullopt;
  return venue.faults.on_request({.kind = Occurrence::Kind::kRequest,
                                  .name = method.rule.name,
                                  .symbol = params.find("symbol").value_or(""),
                                  .account = venue.accounts.name_of(account),
                                  .client_order_id = client_order_id_of(params),
                                  .api_key = api_key},
                                 venue.clock.steady());
}

VenueError refusal_error(const Refusal& refusal, WallTime now) {
  VenueError error{refusal.status, refusal.code, refusal.message};
  if (refusal.retry_after == Nanos{0}) return error;
  error.retry_at = now + refusal.retry_after;
  error.data_json = JsonOut{}
                        .open_object()
                        .field("serverTime", now)
                        .field("retryAfter", *error.retry_at)
                        .close_object()
                        .take();
  return error;
}

HttpReply html_refusal(const Refusal& refusal) {
  return {.status = refusal.status,
          .body = kHtmlPage,
          .headers = {{"content-type", "text/html"}, {"server", "CloudFront"}}};
}

void deliver_reply(Scheduler& scheduler, HttpReply reply, const std::optional<MessageFate>& fate,
                   Responder responder) {
  using Verb = MessageFate::Verb;
  if (!fate) return responder.reply(std::move(reply));
  const Verb verb = fate->verb;
  if (verb == Verb::kDrop) return;
  if (verb == Verb::kCut) return responder.cut();
  if (verb == Verb::kWire) reply.wire_fault = fate->wire;
  if (verb == Verb::kFalsify) {
    falsify(reply.body, fate->falsehood, static_cast<std::size_t>(fate->bytes));
  }
  if (verb == Verb::kDelay || verb == Verb::kReorder) {
    return scheduler.after(std::chrono::ceil<std::chrono::microseconds>(fate->delay),
                           [reply = std::move(reply), responder = std::move(responder)]() mutable {
                             responder.reply(std::move(reply));
                           });
  }
  responder.reply(std::move(reply));
}

namespace detail {

void fill_before_cancel(VenueCore& venue, const Params& params, SimAccountId account,
                        const LateFillAction& action) {
  const auto symbol = venue.exchange.find_symbol(params.find("symbol").value_or(""));
  const auto name = read_order_name(params);
  if (!symbol || !name) return;
  const auto order = venue.exchange.find_order(account, *symbol, *name);
  if (!order || !order->is_open()) return;
  constexpr std::int64_t kPpm = 1'000'000;
  const Qty lot = venue.exchange.symbols()[*symbol].lot_size();
  const std::int64_t lots = order->leaves().raw() / lot.raw();
  const std::int64_t share = lots / kPpm * action.share_ppm + lots % kPpm * action.share_ppm / kPpm;
  const Qty qty = Qty::from_raw(std::max<std::int64_t>(share, 1) * lot.raw());
  const Side aggressor = order->side == Side::kBuy ? Side::kSell : Side::kBuy;
  venue.faults.set_event_fate(
      MessageFate{.verb = MessageFate::Verb::kDelay, .delay = action.delay});
  venue.exchange.print_crowd_trade(*symbol, aggressor, {order->px, qty}, venue.clock.now());
  venue.faults.set_event_fate(std::nullopt);
}

std::optional<std::string> stale_snapshot(const VenueCore& venue, const Params& params) {
  constexpr std::uint64_t kLimitDefault = 100;
  const auto kept = venue.kept_snapshots.find(params.find("symbol").value_or(""));
  if (kept == venue.kept_snapshots.end()) return std::nullopt;
  const auto limit = params.whole("limit").value_or(kLimitDefault).value_or(kLimitDefault);
  JsonOut out;
  out.open_object().field("lastUpdateId", kept->second.last_update_id);
  add_side(out, "bids", kept->second.bids, limit);
  add_side(out, "asks", kept->second.asks, limit);
  return out.close_object().take();
}

}  // namespace detail

}  // namespace portcullis::sim
