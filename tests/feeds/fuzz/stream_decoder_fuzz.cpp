#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/feeds/decoder_check.hpp"
#include "tests/feeds/feed_world.hpp"

// libFuzzer: any bytes as a frame, judged by the same check as the unit tests.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portcullis::feeds;
  static const SymbolIndex symbols{test::instruments_named({"BTCUSDT", "ETHUSDT"})};
  static test::DecoderCheck check{symbols};
  const test::Padded payload{{reinterpret_cast<const char*>(data), size}};
  if (const std::string difference = check.compare(payload.view()); !difference.empty()) {
    std::fprintf(stderr, "decoder and DOM differ: %s\n", difference.c_str());
    std::abort();
  }
  return 0;
}
