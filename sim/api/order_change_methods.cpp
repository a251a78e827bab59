#include <array>
#include <string>
#include <utility>

#include "sim/api/history_params.hpp"
#include "sim/api/method.hpp"
#include "sim/api/order_params.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

using Outcome = CancelReplaceResult::Outcome;

struct CancelReplaceCall {
  CancelReplaceRequest request;
  ReplyShape shape{ReplyShape::kFull};
  bool cancels_when_count_exceeded{false};
};

std::expected<CancelReplaceCall, VenueError> read_cancel_replace(const Params& params,
                                                                 const SymbolSpec& symbol) {
  using Word = std::pair<std::string_view, bool>;
  static constexpr std::array<Word, 2> kModes{
      {{"STOP_ON_FAILURE", true}, {"ALLOW_FAILURE", false}}};
  static constexpr std::array<Word, 2> kExceeded{{{"DO_NOTHING", false}, {"CANCEL_ONLY", true}}};
  CancelReplaceCall call;
  const auto stops = params.choice<bool>("cancelReplaceMode", kModes);
  if (!stops) return std::unexpected{stops.error()};
  const auto exceeded = params.choice<bool>("orderRateLimitExceededMode", kExceeded);
  if (!exceeded) return std::unexpected{exceeded.error()};
  auto target = read_order_name(params, "cancelOrderId", "cancelOrigClientOrderId");
  if (!target) return std::unexpected{target.error()};
  const auto cancel_id = params.client_id("cancelNewClientOrderId");
  if (!cancel_id) return std::unexpected{cancel_id.error()};
  const auto restriction = read_cancel_restriction(params);
  if (!restriction) return std::unexpected{restriction.error()};
  auto order = read_new_order(params, symbol);
  if (!order) return std::unexpected{order.error()};
  call.request.cancel = {.target = *std::move(target),
                         .cancel_client_order_id = std::string{cancel_id->value_or("")},
                         .restriction = *restriction};
  call.request.order = std::move(order->order);
  call.request.stops_on_failure = stops->value_or(true);
  call.shape = order->shape;
  call.cancels_when_count_exceeded = exceeded->value_or(false);
  return call;
}

const char* text_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess: return "SUCCESS";
    case Outcome::kFailure: return "FAILURE";
    case Outcome::kNotAttempted: return "NOT_ATTEMPTED";
  }
  return "";
}

std::string outcome_json(const Call& call, std::size_t symbol, const CancelReplaceResult& result,
                         ReplyShape shape) {
  JsonOut out = call.json();
  out.open_object()
      .field("cancelResult", text_of(result.cancel))
      .field("newOrderResult", text_of(result.placement))
      .key("cancelResponse");
  if (result.canceled) {
    write_cancel(out, call.spec(symbol), *result.canceled);
  } else {
    out.raw(error_json(result.canceled.error().code, result.canceled.error().message));
  }
  out.key("newOrderResponse");
  if (result.placement == Outcome::kNotAttempted) {
    out.null();
  } else if (result.placed) {
    write_placed(out, call.spec(symbol), *result.placed, shape);
  } else {
    out.raw(error_json(result.placed.error().code, result.placed.error().message));
  }
  return out.close_object().take();
}

// HTTP status and code of what did not wholly succeed (Binance: cancelReplace, table of outcomes).
VenueError failure(const CancelReplaceRequest& request, const CancelReplaceResult& result) {
  const bool is_partial =
      result.cancel == Outcome::kSuccess || result.placement == Outcome::kSuccess;
  VenueError error{.http_status = is_partial ? 409 : 400,
                   .code = is_partial ? -2021 : -2022,
                   .message = is_partial ? "Order cancel-replace partially failed."
                                         : "Order cancel-replace failed."};
  if (request.order_count_error && request.stops_on_failure) {
    error.http_status = request.order_count_error->http_status;
    error.retry_at = request.order_count_error->retry_at;
  }
  return error;
}

// The order count is judged before the cancel.
ApiResult cancel_replace(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  auto request = read_cancel_replace(call.params, call.spec(*symbol));
  if (!request) return std::unexpected{request.error()};
  auto refused = call.venue.usage.count_orders(call.account, 1, call.now);
  if (refused && !request->cancels_when_count_exceeded) return std::unexpected{*std::move(refused)};
  request->request.order_count_error = std::move(refused);
  if (auto error = enter_engine(call, 0)) return std::unexpected{*std::move(error)};
  auto result =
      call.venue.exchange.cancel_replace(call.account, *symbol, request->request, call.now);
  const VenueError* error = nullptr;
  if (!result) {
    error = &result.error();
  } else if (!result->placed) {
    error = &result->placed.error();
  } else if (!result->canceled) {
    error = &result->canceled.error();
  }
  record(call, "order.cancelReplace", *symbol, request->request.order.client_order_id, error);
  if (!result) return std::unexpected{std::move(result.error())};
  std::string json = outcome_json(call, *symbol, *result, request->shape);
  const bool is_success =
      result->cancel == Outcome::kSuccess && result->placement == Outcome::kSuccess;
  if (is_success) return json;
  VenueError failed = failure(request->request, *result);
  failed.data_json = std::move(json);
  return std::unexpected{std::move(failed)};
}

ApiResult amend(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  auto target = read_order_name(call.params);
  if (!target) return std::unexpected{target.error()};
  const auto new_id = call.params.client_id("newClientOrderId");
  if (!new_id) return std::unexpected{new_id.error()};
  const auto new_qty = read_quantity(call.params, call.spec(*symbol), "newQty");
  if (!new_qty) return std::unexpected{new_qty.error()};
  if (auto error = enter_engine(call, 0)) return std::unexpected{*std::move(error)};
  const AmendRequest request{.target = *std::move(target),
                             .new_client_order_id = std::string{new_id->value_or("")},
                             .new_qty = *new_qty};
  auto amended = call.venue.exchange.amend(call.account, *symbol, request, call.now);
  record(call, "order.amend.keepPriority", *symbol, request.new_client_order_id,
         amended ? nullptr : &amended.error());
  if (!amended) return std::unexpected{std::move(amended.error())};
  // Free only when it ended the order.
  if (!amended->order.is_open()) call.weight = 0;
  JsonOut out = call.json();
  write_amended(out, call.spec(*symbol), *amended);
  return out.take();
}

ApiResult amendments(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto order_id = call.params.whole("orderId");
  if (!order_id) return std::unexpected{order_id.error()};
  const auto query = read_history(call.params, {.from_id = "fromExecutionId"});
  if (!query) return std::unexpected{query.error()};
  const auto order =
      call.venue.exchange.find_order(call.account, *symbol, {.order_id = order_id->value_or(0)});
  if (!order) return std::unexpected{order.error()};
  JsonOut out = call.json();
  out.open_array();
  for (const Amendment& amendment :
       call.venue.exchange.amendments(call.account, *symbol, **order_id, *query)) {
    write_amendment(out, call.spec(*symbol), amendment);
  }
  return out.close_array().take();
}

using Names = std::string_view;
constexpr std::array<Names, 4> kReplaceMandatory{"symbol", "side", "type", "cancelReplaceMode"};
constexpr auto kReplaceOptional = joined(
    kPlainNames.optional(),
    std::array<Names, 9>{"quantity", "quoteOrderQty", "newOrderRespType", "selfTradePreventionMode",
                         "cancelNewClientOrderId", "cancelOrigClientOrderId", "cancelOrderId",
                         "cancelRestrictions", "orderRateLimitExceededMode"});
constexpr std::array<Names, 2> kAmendMandatory{"symbol", "newQty"};
constexpr std::array<Names, 3> kAmendOptional{"orderId", "origClientOrderId", "newClientOrderId"};
constexpr std::array<Names, 2> kAmendmentsMandatory{"symbol", "orderId"};
constexpr std::array<Names, 2> kAmendmentsOptional{"fromExecutionId", "limit"};

constexpr ParamNames kReplaceNames{kReplaceMandatory, kReplaceOptional};
constexpr ParamNames kAmendNames{kAmendMandatory, kAmendOptional};
constexpr ParamNames kAmendmentsNames{kAmendmentsMandatory, kAmendmentsOptional};

constexpr std::array<Method, 3> kMethods{{
    {.rule = {.name = "order.cancelReplace",
              .security = Security::kTrade,
              .is_free_on_success = true,
              .counts_orders = true,
              .params = &kReplaceNames,
              .way_in = LatencyLeg::kOrderIn},
     .carry_out = cancel_replace},
    {.rule = {.name = "order.amend.keepPriority",
              .security = Security::kTrade,
              .weight = 4,
              .params = &kAmendNames,
              .way_in = LatencyLeg::kCancelIn},
     .carry_out = amend},
    {.rule = {.name = "order.amendments",
              .security = Security::kUserData,
              .weight = 4,
              .params = &kAmendmentsNames},
     .carry_out = amendments},
}};

}  // namespace

std::span<const Method> order_change_methods() noexcept {
  return kMethods;
}

}  // namespace portcullis::sim
