#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::sim {

enum class FaultAction : std::uint8_t {
  kDropReply,       // no reply ever
  kDelayReply,      // done now, answered `ms` later
  kDelayRequest,    // done `ms` later: the order lands after a query has not found it (REST: the
                    // reply is late)
  kDuplicateReply,  // answered twice
  kReject,          // not done, answered with `code` and `status`
  kError,           // answered with `code` and `status`, done or not by `accept`
  kDisconnect,      // done or not by `accept`, then the connection is cut without a reply
  kDropEvent,
  kDuplicateEvent,
  kDelayEvent,
};

// One scripted misbehaviour. `method` is a WebSocket API method ("order.place"; REST calls go by
// the same names), for events also "executionReport", "executionReport:TRADE" or
// "outboundAccountPosition"; "*" is any. Events match the method that caused them, too.
struct Fault {
  std::string method;
  FaultAction action{FaultAction::kDropReply};
  std::int64_t ms{0};
  std::int64_t skip{0};   // matches to let pass first
  std::int64_t count{1};  // matches to hit after those
  bool accept{true};      // the request itself is carried out
  int code{-1000};
  int status{400};
  std::string message;
  std::int64_t fired{0};
};

// What is to go wrong, in order; counted, and the same for the same requests. One thread.
class FaultPlan {
 public:
  // From the admin's JSON; says what is wrong with it.
  std::expected<void, std::string> add_json(std::string_view json);
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void clear() { faults_.clear(); }

  // Takes one count from the first fault that matches.
  std::optional<Fault> take_for_request(std::string_view method);
  std::optional<Fault> take_for_event(std::string_view event, std::string_view execution_type);

  // Names the request being carried out, so that faults on its events find it; empty: none.
  void set_cause(std::string_view method) { cause_ = method; }

  [[nodiscard]] std::string json() const;

 private:
  std::vector<Fault> faults_;
  std::string cause_;
};

}  // namespace portcullis::sim
