#include <iterator>
#include <span>

#include "tests/sim/shape_answers.hpp"

namespace portcullis::sim::test {

namespace {

constexpr std::string_view kRest = "docs-examples/rest-api.jsonl";
constexpr std::string_view kWs = "docs-examples/web-socket-api.jsonl";
constexpr std::string_view kEvents = "docs-examples/user-data-stream.jsonl";
constexpr std::string_view kRestFixtures = "connector-fixtures/spot_rest.jsonl";
constexpr std::string_view kWsFixtures = "connector-fixtures/spot_wsapi.jsonl";

constexpr std::string_view kNoRouter = "no orders are routed between symbols here";
constexpr std::string_view kNoSbe = "a description of SBE schemas, not an answer";

constexpr std::string_view kDocs = "docs-examples/*";
constexpr std::string_view kFixtures = "connector-fixtures/*";
constexpr std::string_view kStp = "docs-examples/faqs_stp_faq.jsonl";
constexpr std::string_view kAmount = "the fixtures were taken without most of their amounts";
constexpr std::string_view kPreventedId =
    "in queries and cancels of such orders; placements have preventedMatches[], as the "
    "documentation's own examples of them";
constexpr std::string_view kExpired =
    "made up: an order that was just cancelled, amended or is open has not expired";
constexpr std::string_view kPrevented =
    "of a leg that met its owner's order and still lived to be cancelled, or of two at once";
constexpr std::string_view kLeftOut =
    "this one example leaves out what the REST twin and the table of fields have";
constexpr std::string_view kOlder =
    "this example is older than the field, which the newest example of its page has";

constexpr ShapeRow kRestRows[] = {
    {kRest, "Error Codes", "error"},
    {kRest, "Test connectivity", "ping"},
    {kRest, "Check server time", "time"},
    {kRest, "Exchange information", "exchangeInfo"},
    {kRest, "Query Execution Rules", "executionRules"},
    {kRest, "New order (TRADE)", "order.place"},
    {kRest, "Test new order (TRADE)", "order.test"},
    {kRest, "Cancel order (TRADE)", "order.cancel"},
    {kRest, "Cancel All Open Orders on a Symbol (TRADE)", "openOrders.cancelAll"},
    {kRest, "Cancel an Existing Order and Send a New Order (TRADE)", "order.cancelReplace"},
    {kRest, "Order Amend Keep Priority (TRADE)", "order.amend.keepPriority"},
    {kRest, "New OCO - Deprecated (TRADE)", "orderList.place"},
    {kRest, "New Order list - OCO (TRADE)", "orderList.place.oco"},
    {kRest, "New Order list - OTO (TRADE)", "orderList.place.oto"},
    {kRest, "New Order list - OTOCO (TRADE)", "orderList.place.otoco"},
    {kRest, "New Order List - OPO (TRADE)", "orderList.place.opo"},
    {kRest, "New Order List - OPOCO (TRADE)", "orderList.place.opoco"},
    {kRest, "Cancel Order list (TRADE)", "orderList.cancel"},
    {kRest, "New order using SOR (TRADE)", "", kNoRouter},
    {kRest, "Test new order using SOR (TRADE)", "", kNoRouter},
    {kRest, "Account information (USER_DATA)", "account.status"},
    {kRest, "Query order (USER_DATA)", "order.status"},
    {kRest, "Current open orders (USER_DATA)", "openOrders.status"},
    {kRest, "All orders (USER_DATA)", "allOrders"},
    {kRest, "Query Order list (USER_DATA)", "orderList.status"},
    {kRest, "Query all Order lists (USER_DATA)", "allOrderLists"},
    {kRest, "Query Open Order lists (USER_DATA)", "openOrderLists.status"},
    {kRest, "Account trade list (USER_DATA)", "myTrades"},
    {kRest, "Query Unfilled Order Count (USER_DATA)", "account.rateLimits.orders"},
    {kRest, "Query Prevented Matches (USER_DATA)", "myPreventedMatches"},
    {kRest, "Query Allocations (USER_DATA)", "", kNoRouter},
    {kRest, "Query Commission Rates (USER_DATA)", "account.commission"},
    {kRest, "Query Order Amendments (USER_DATA)", "order.amendments"},
    {kRest, "Query relevant filters (USER_DATA)", "myFilters"},
};

constexpr ShapeRow kWsRows[] = {
    {kWs, "Response format", "order.place"},
    {kWs, "Event format", "event"},
    {kWs, "Server Shutdown", "", "tried where a server goes, in venue_faults_test.cpp"},
    {kWs, "How to interpret rate limits", "time"},
    {kWs, "How to show/hide rate limit information", "time"},
    {kWs, "IP limits", "", "compared where the ban is provoked, in limits_test.cpp"},
    {kWs, "Unfilled Order Count", "order.place"},
    {kWs, "Authenticate after connection", "error"},
    {kWs, "Test connectivity", "ping"},
    {kWs, "Check server time", "time"},
    {kWs, "Exchange information", "exchangeInfo"},
    {kWs, "Query Execution Rules", "executionRules"},
    {kWs, "Log in with API key (SIGNED)", "session.status"},
    {kWs, "Query session status", "session.status"},
    {kWs, "Log out of the session", "session.logout"},
    {kWs, "Place new order (TRADE)", "order.place"},
    {kWs, "Test new order (TRADE)", "order.test"},
    {kWs, "Cancel order (TRADE)", "order.cancel"},
    {kWs, "Cancel and replace order (TRADE)", "order.cancelReplace"},
    {kWs, "Order Amend Keep Priority (TRADE)", "order.amend.keepPriority"},
    {kWs, "Cancel open orders (TRADE)", "openOrders.cancelAll"},
    {kWs, "Place new OCO - Deprecated (TRADE)", "orderList.place"},
    {kWs, "Place new Order list - OCO (TRADE)", "orderList.place.oco"},
    {kWs, "Place new Order list - OTO (TRADE)", "orderList.place.oto"},
    {kWs, "Place new Order list - OTOCO (TRADE)", "orderList.place.otoco"},
    {kWs, "OPO (TRADE)", "orderList.place.opo"},
    {kWs, "OPOCO (TRADE)", "orderList.place.opoco"},
    {kWs, "Cancel Order list (TRADE)", "orderList.cancel"},
    {kWs, "Place new order using SOR (TRADE)", "", kNoRouter},
    {kWs, "Test new order using SOR (TRADE)", "", kNoRouter},
    {kWs, "Account information (USER_DATA)", "account.status"},
    {kWs, "Query order (USER_DATA)", "order.status"},
    {kWs, "Current open orders (USER_DATA)", "openOrders.status"},
    {kWs, "Account order history (USER_DATA)", "allOrders"},
    {kWs, "Query Order list (USER_DATA)", "orderList.status"},
    {kWs, "Current open Order lists (USER_DATA)", "openOrderLists.status"},
    {kWs, "Account order list history (USER_DATA)", "allOrderLists"},
    {kWs, "Account trade history (USER_DATA)", "myTrades"},
    {kWs, "Unfilled Order Count (USER_DATA)", "account.rateLimits.orders"},
    {kWs, "Account prevented matches (USER_DATA)", "myPreventedMatches"},
    {kWs, "Account allocations (USER_DATA)", "", kNoRouter},
    {kWs, "Account Commission Rates (USER_DATA)", "account.commission"},
    {kWs, "Query Order Amendments (USER_DATA)", "order.amendments"},
    {kWs, "Query Relevant Filters (USER_DATA)", "myFilters"},
    {kWs, "Subscribe to User Data Stream (USER_STREAM)", "userDataStream.subscribe"},
    {kWs, "Unsubscribe from User Data Stream", "userDataStream.unsubscribe"},
    {kWs, "Listing all subscriptions", "session.subscriptions"},
    {kWs, "Subscribe to User Data Stream through signature subscription (USER_STREAM)",
     "userDataStream.subscribe"},
};

constexpr ShapeRow kOtherRows[] = {
    {kEvents, "*", "event"},
    {"docs-examples/enums.jsonl", "*", "rateLimit"},
    {"docs-examples/filters.jsonl", "*", "filter"},
    {"docs-examples/errors.jsonl", "*", "error"},
    {"docs-examples/faqs_commission_faq.jsonl", "*", "commission"},
    {"docs-examples/faqs_pegged_orders.jsonl", "*", "order.place"},
    {"docs-examples/faqs_sor_faq.jsonl", "*", "", kNoRouter},
    {"docs-examples/faqs_sbe_faq.jsonl", "*", "", kNoSbe},
    {"docs-examples/faqs_stp_faq.jsonl", "*", "stp"},
    {"docs-examples/faqs_market_orders_faq.jsonl", "*", "market"},
};

constexpr ShapeRow kRestFixtureRows[] = {
    {kRestFixtures, "/api/v3/account/commission", "account.commission"},
    {kRestFixtures, "/api/v3/allOrderList", "allOrderLists"},
    {kRestFixtures, "/api/v3/allOrders", "allOrders"},
    {kRestFixtures, "/api/v3/account", "account.status"},
    {kRestFixtures, "/api/v3/openOrders", "openOrders.status+cancelAll"},
    {kRestFixtures, "/api/v3/order", "order.status+cancel+place"},
    {kRestFixtures, "/api/v3/orderList", "orderList.status+cancel"},
    {kRestFixtures, "/api/v3/myAllocations", "", kNoRouter},
    {kRestFixtures, "/api/v3/myFilters", "myFilters"},
    {kRestFixtures, "/api/v3/myPreventedMatches", "myPreventedMatches"},
    {kRestFixtures, "/api/v3/myTrades", "myTrades"},
    {kRestFixtures, "/api/v3/openOrderList", "openOrderLists.status"},
    {kRestFixtures, "/api/v3/order/amendments", "order.amendments"},
    {kRestFixtures, "/api/v3/rateLimit/order", "account.rateLimits.orders"},
    {kRestFixtures, "/api/v3/exchangeInfo", "exchangeInfo"},
    {kRestFixtures, "/api/v3/executionRules", "executionRules"},
    {kRestFixtures, "/api/v3/ping", "ping"},
    {kRestFixtures, "/api/v3/time", "time"},
    {kRestFixtures, "/api/v3/order/amend/keepPriority", "order.amend.keepPriority"},
    {kRestFixtures, "/api/v3/order/cancelReplace", "order.cancelReplace"},
    {kRestFixtures, "/api/v3/orderList/oco", "orderList.place.oco"},
    {kRestFixtures, "/api/v3/orderList/opo", "orderList.place.opo"},
    {kRestFixtures, "/api/v3/orderList/opoco", "orderList.place.opoco"},
    {kRestFixtures, "/api/v3/orderList/oto", "orderList.place.oto"},
    {kRestFixtures, "/api/v3/orderList/otoco", "orderList.place.otoco"},
    {kRestFixtures, "/api/v3/order/oco", "orderList.place"},
    {kRestFixtures, "/api/v3/order/test", "order.test"},
    {kRestFixtures, "/api/v3/sor/order", "", kNoRouter},
    {kRestFixtures, "/api/v3/sor/order/test", "", kNoRouter},
};

constexpr ShapeRow kWsFixtureRows[] = {
    {kWsFixtures, "/account.commission", "account.commission"},
    {kWsFixtures, "/account.rateLimits.orders", "account.rateLimits.orders"},
    {kWsFixtures, "/account.status", "account.status"},
    {kWsFixtures, "/allOrderLists", "allOrderLists"},
    {kWsFixtures, "/allOrders", "allOrders"},
    {kWsFixtures, "/myAllocations", "", kNoRouter},
    {kWsFixtures, "/myFilters", "myFilters"},
    {kWsFixtures, "/myPreventedMatches", "myPreventedMatches"},
    {kWsFixtures, "/myTrades", "myTrades"},
    {kWsFixtures, "/openOrderLists.status", "openOrderLists.status"},
    {kWsFixtures, "/openOrders.status", "openOrders.status"},
    {kWsFixtures, "/order.amendments", "order.amendments"},
    {kWsFixtures, "/orderList.status", "orderList.status"},
    {kWsFixtures, "/order.status", "order.status"},
    {kWsFixtures, "/session.logon", "session.status"},
    {kWsFixtures, "/session.logout", "session.logout+status"},
    {kWsFixtures, "/session.status", "session.status"},
    {kWsFixtures, "/exchangeInfo", "exchangeInfo"},
    {kWsFixtures, "/executionRules", "executionRules"},
    {kWsFixtures, "/ping", "ping"},
    {kWsFixtures, "/time", "time"},
    {kWsFixtures, "/openOrders.cancelAll", "openOrders.cancelAll"},
    {kWsFixtures, "/order.amend.keepPriority", "order.amend.keepPriority"},
    {kWsFixtures, "/order.cancel", "order.cancel"},
    {kWsFixtures, "/order.cancelReplace", "order.cancelReplace"},
    {kWsFixtures, "/orderList.cancel", "orderList.cancel"},
    {kWsFixtures, "/orderList.place", "orderList.place"},
    {kWsFixtures, "/orderList.place.oco", "orderList.place.oco"},
    {kWsFixtures, "/orderList.place.opo", "orderList.place.opo"},
    {kWsFixtures, "/orderList.place.opoco", "orderList.place.opoco"},
    {kWsFixtures, "/orderList.place.oto", "orderList.place.oto"},
    {kWsFixtures, "/orderList.place.otoco", "orderList.place.otoco"},
    {kWsFixtures, "/order.place", "order.place"},
    {kWsFixtures, "/order.test", "order.test"},
    {kWsFixtures, "/sor.order.place", "", kNoRouter},
    {kWsFixtures, "/sor.order.test", "", kNoRouter},
    {kWsFixtures, "/session.subscriptions", "session.subscriptions"},
    {kWsFixtures, "UserDataStreamAPIService UserDataStreamSubscribe", "userDataStream.subscribe"},
    {kWsFixtures, "UserDataStreamAPIService UserDataStreamSubscribeSignature",
     "userDataStream.subscribe"},
    {kWsFixtures, "/userDataStream.unsubscribe", "userDataStream.unsubscribe"},
};

constexpr ShapeExcuse kExcuses[] = {
    {kDocs, "exchangeInfo", "*ilters[]*",
     "the example shows few filters or none; each kind is compared by itself"},
    {kDocs, "myFilters", "*ilters[]*",
     "the example shows one filter of each sort; each kind is compared by itself"},
    {"*", "exchangeInfo", "sors", kNoRouter},
    {kRest, "exchangeInfo", "rateLimits[].*", "the example leaves its limits empty"},
    {kWs, "order.place", "selfTradePreventionMode", kLeftOut},
    {kWs, "order.cancelReplace", "newOrderResponse.workingTime", kLeftOut},
    {kWs, "orderList.cancel", "orderReports[].origClientOrderId", kLeftOut},
    {kWs, "order.cancel", "trailingTime", kLeftOut},
    {kWs, "order.status", "prevented*",
     "made up: a filled trailing order that met its owner's order"},
    {kWsFixtures, "orderList.cancel", "orderReports[].origClientOrderId", kLeftOut},
    {kWsFixtures, "orderList.place.oto*", "symbol", kLeftOut},
    {kEvents, "event", "event.v",
     "the example of a plain new order has the number of a prevented match"},
    {kStp, "stp", "origQuoteOrderQty", kOlder},
    {kStp, "stp", "*makerSymbol", kOlder},
    {kStp, "stp", "tradeGroupId", "the accounts of this test are of one group throughout"},
    {"docs-examples/faqs_market_orders_faq.jsonl", "market", "origQuoteOrderQty", kOlder},
    {kFixtures, "*", "*preventedMatchId", kPreventedId},
    {kFixtures, "*", "*expiryReason", kExpired},
    {kFixtures, "*", "*preventedQuantity", kPrevented},
    {kFixtures, "orderList.place", "*peg*", "the old OCO has no pegged legs"},
    {kFixtures, "order.cancelReplace", "newOrderResponse.fills[]",
     "the replacements of this test rest; fills are compared in order.place"},
    {kWsFixtures, "order.cancelReplace", "newOrderResponse.workingTime", kLeftOut},
    {kWsFixtures, "account.commission", "taxCommission", kAmount},
    {kWsFixtures, "account.status", "commissionRates", kAmount},
    {kFixtures, "*", "*rice", kAmount},
    {kFixtures, "*", "*Qty", kAmount},
    {kFixtures, "*", "*qty", kAmount},
    {kFixtures, "*", "*commission", kAmount},
    {kFixtures, "*", "balances[].*", kAmount},
    {kFixtures, "*", "*usedSor", kNoRouter},
    {kFixtures, "*", "*workingFloor", kNoRouter},
    {kFixtures, "*", "*filters[]*", "made up: one filter with fields of its own"},
    {kFixtures, "*", "*Filters[]*", "made up: one filter with fields of its own"},
    {kFixtures, "myFilters", "rateLimits", "the fixture mixes the envelope into the result"},
    {kFixtures, "exchangeInfo", "rateLimits[].count", "exchangeInfo tells limits, not counts"},
    {kFixtures, "exchangeInfo", "symbols[].permissions[]",
     "replaced by permissionSets, and empty since"},
};

}  // namespace

const std::vector<ShapeRow>& trading_rows() {
  static const std::vector<ShapeRow> kRows = [] {
    std::vector<ShapeRow> rows;
    for (const std::span<const ShapeRow> part :
         {std::span<const ShapeRow>{kRestRows}, std::span<const ShapeRow>{kWsRows},
          std::span<const ShapeRow>{kOtherRows}, std::span<const ShapeRow>{kRestFixtureRows},
          std::span<const ShapeRow>{kWsFixtureRows}}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return kRows;
}

const std::vector<ShapeExcuse>& trading_excuses() {
  static const std::vector<ShapeExcuse> kAll{std::begin(kExcuses), std::end(kExcuses)};
  return kAll;
}

}  // namespace portcullis::sim::test
