#include <array>

#include "sim/admin/admin_call.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

HttpReply api(AdminParts&, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().key("calls").open_array();
  for (const std::span<const AdminCall> family : all_admin_calls()) {
    for (const AdminCall& call : family) {
      out.open_object()
          .field("method", call.method)
          .field("path", call.path)
          .field("about", call.about)
          .field("fields", call.fields)
          .close_object();
    }
  }
  return admin_ok(out.close_array().close_object().take());
}

HttpReply version(AdminParts&, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_ok(JsonOut{}
                      .open_object()
                      .field("name", "portcullis-sim")
                      .field("version", PORTCULLIS_VERSION)
                      .close_object()
                      .take());
}

HttpReply status(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  const VenueCore& venue = parts.venue;
  JsonOut out;
  out.open_object()
      .field("timeNs", count_ns(venue.clock.now()))
      .field("uptimeMs", (venue.clock.steady() - parts.started) / std::chrono::milliseconds{1})
      .field("version", PORTCULLIS_VERSION)
      .field("connections", parts.connections->size())
      .field("streamConnections", venue.streams.connection_count())
      .field("accounts", venue.accounts.all().size())
      .key("addresses")
      .open_object();
  for (const auto& [name, address] : parts.addresses) out.field(name, address);
  out.close_object().key("symbols").open_array();
  for (std::size_t i = 0; i < venue.exchange.symbols().size(); ++i) {
    const BestPrices best = venue.exchange.best(i);
    out.open_object()
        .field("symbol", venue.exchange.symbols()[i].symbol)
        .field("status", venue_text(venue.exchange.symbols()[i].status))
        .field("updateId", best.update_id)
        .field("bid", best.bid.px)
        .field("ask", best.ask.px)
        .close_object();
  }
  return admin_ok(out.close_array().close_object().take());
}

constexpr std::array kCalls{
    AdminCall{"GET", "/api", "this list; GET / is a page for people, /live its WebSocket", "", api},
    AdminCall{"GET", "/version", "of the program", "", version},
    AdminCall{"GET", "/status", "time, addresses, connections, each symbol's best prices", "",
              status},
};

}  // namespace

std::span<const AdminCall> general_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
