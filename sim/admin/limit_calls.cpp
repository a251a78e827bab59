#include <array>
#include <limits>

#include "sim/admin/admin_call.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

HttpReply clock(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  const VenueClock& venue_clock = parts.venue.clock;
  return admin_ok(JsonOut{}
                      .open_object()
                      .field("timeNs", count_ns(venue_clock.now()))
                      .field("skew_ms", venue_clock.skew() / std::chrono::milliseconds{1})
                      .field("is_frozen", venue_clock.is_frozen())
                      .close_object()
                      .take());
}

HttpReply set_clock(AdminParts& parts, AdminRequest& request) {
  constexpr std::int64_t kMsMax = 100LL * 366 * 24 * 3'600'000;
  ConfigSection& body = request.body();
  const bool has_skew = body.has("skew_ms");
  const bool has_step = body.has("step_ms");
  const bool has_freeze = body.has("freeze");
  const std::int64_t skew = body.optional_integer("skew_ms", 0, -kMsMax, kMsMax);
  const std::int64_t step = body.optional_integer("step_ms", 0, -kMsMax, kMsMax);
  const bool is_frozen = body.optional_boolean("freeze", true);
  if (int{has_skew} + int{has_step} + int{has_freeze} != 1) {
    request.problem("clock: say exactly one of skew_ms, step_ms and freeze");
  }
  if (auto refused = request.refusal()) return *std::move(refused);
  VenueClock& venue_clock = parts.venue.clock;
  if (has_skew) venue_clock.set_skew(std::chrono::milliseconds{skew});
  if (has_step) venue_clock.set_skew(venue_clock.skew() + std::chrono::milliseconds{step});
  if (has_freeze && is_frozen) venue_clock.freeze();
  if (has_freeze && !is_frozen) venue_clock.thaw();
  return admin_ok();
}

HttpReply limits(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  const LimitsConfig& config = parts.venue.usage.limits();
  const WallTime now = parts.venue.clock.now();
  JsonOut out;
  out.open_object()
      .field("is_enforced", config.is_enforced)
      .field("weight", config.weight_per_minute)
      .field("raw_requests", config.raw_requests_per_5m)
      .field("orders_10s", config.orders_per_10s)
      .field("orders_day", config.orders_per_day)
      .key("accounts")
      .open_array();
  for (const auto& [name, account] : parts.venue.accounts.all()) {
    out.open_object()
        .field("account", name)
        .field("orders_10s", parts.venue.usage.orders_10s(account, now))
        .field("orders_day", parts.venue.usage.orders_day(account, now))
        .close_object();
  }
  out.close_array().key("addresses").open_array();
  for (const auto& [address, ip] : parts.venue.usage.addresses()) {
    out.open_object()
        .field("address", address)
        .field("weight", ip.weight.count(now))
        .field("raw_requests", ip.raw_requests.count(now))
        .field("is_banned", ip.banned_until > now)
        .close_object();
  }
  return admin_ok(out.close_array().close_object().take());
}

HttpReply set_limits(AdminParts& parts, AdminRequest& request) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  ConfigSection& body = request.body();
  LimitsConfig config = parts.venue.usage.limits();
  const auto read = [&body](const char* key, std::int64_t& value) {
    value = body.optional_integer(key, value, 0, kMax);
  };
  read("weight", config.weight_per_minute);
  read("raw_requests", config.raw_requests_per_5m);
  read("orders_10s", config.orders_per_10s);
  read("orders_day", config.orders_per_day);
  config.is_enforced = body.optional_boolean("is_enforced", config.is_enforced);
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.usage.set_limits(config);
  return admin_ok();
}

HttpReply ban(AdminParts& parts, AdminRequest& request) {
  BanAction action{.address = request.body().optional_string("address", "127.0.0.1")};
  action.lasts = request.body().optional_duration("lasts", std::chrono::minutes{2}, Nanos{1},
                                                  std::chrono::hours{72});
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, action);
}

HttpReply lift_ban(AdminParts& parts, AdminRequest& request) {
  const std::string address = request.query("address").value_or("127.0.0.1");
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.usage.lift_ban(parts.venue.usage.of(address));
  return admin_ok();
}

constexpr std::array kCalls{
    AdminCall{"GET", "/clock", "the venue's clock", "", clock},
    AdminCall{"POST", "/clock", "sets the offset from true time, steps it, or freezes it",
              "skew_ms | step_ms | freeze", set_clock},
    AdminCall{"GET", "/limits", "limits, and who has used up what", "", limits},
    AdminCall{"POST", "/limits", "changes what is given, keeps the rest",
              "weight, raw_requests, orders_10s, orders_day, is_enforced", set_limits},
    AdminCall{"POST", "/ban", "418 for an address, and its connections end", "address, lasts", ban},
    AdminCall{"DELETE", "/ban", "lifts it", "?address", lift_ban},
};

}  // namespace

std::span<const AdminCall> limit_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
