#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sim/api/method.hpp"
#include "sim/api/usage_meter.hpp"

namespace portcullis::sim {

// Who is calling, and how the answer is to look.
struct Caller {
  IpUsage* ip;
  Protocol protocol;
  SimAccountId account{};              // of signed methods
  WallTime deadline{WallTime::max()};  // of signed methods: timestamp and recvWindow
  TimeUnit time_unit{TimeUnit::kMilliseconds};
};

// The venue's methods behind both protocols. Signatures and timing are checked before (the
// protocols sign differently). One thread.
class VenueApi {
 public:
  explicit VenueApi(const VenueParts& parts) : parts_{parts} {}

  // Nothing for a method that does not exist here.
  [[nodiscard]] static const Method* find_method(std::string_view name) noexcept;
  // What a call of the method is charged unless it turns out to be free.
  [[nodiscard]] static int weight_of(const Method& method, const Params& params);

  // What is wrong with the parameters' names for this method, if anything.
  [[nodiscard]] static std::optional<VenueError> check_params(const Method& method,
                                                              const Params& params,
                                                              Protocol protocol);

  // The call's weight is charged by now; what turns out to be free is given back.
  ApiResult call(const Method& method, const Params& params, const Caller& caller, WallTime now);

 private:
  VenueParts parts_;
};

}  // namespace portcullis::sim
