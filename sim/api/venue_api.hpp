#pragma once

#include <string_view>

#include "sim/api/method.hpp"

namespace portcullis::sim {

// The venue's methods behind both protocols. Signatures and timing are checked before (the
// protocols sign differently). One thread.
class VenueApi {
 public:
  explicit VenueApi(const VenueParts& parts) : parts_{parts} {}

  // Nothing for a method that does not exist here.
  [[nodiscard]] static const Method* find_method(std::string_view name) noexcept;

  // `account` matters for signed methods only. Counts the weight.
  ApiResult call(const Method& method, const Params& params, SimAccountId account, WallTime now);

 private:
  VenueParts parts_;
};

}  // namespace portcullis::sim
