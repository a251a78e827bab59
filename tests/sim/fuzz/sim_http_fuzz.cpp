// libFuzzer: whatever a client says to the venue's port, in whatever pieces, each answer is HTTP
// (or, behind an upgrade, WebSocket) with JSON in it, and the venue goes on. The first byte chooses
// the pieces; a signature in the request becomes the right one, so that orders get through.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/sim/fuzz/fuzz_venue.hpp"
#include "tests/sim/fuzz/output_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portcullis::sim::fuzz;
  if (size == 0) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  FuzzVenue venue;
  venue.connect();
  venue.send(input.substr(1), data[0] % 16U);
  check_http_replies(venue.finish());
  venue.check();
  return 0;
}
