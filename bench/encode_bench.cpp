#include "bench/bench_list.hpp"
#include "bench/order_world.hpp"
#include "core/check.hpp"

namespace portcullis::bench {

void bench_encode(Reporter& reporter) {
  for (const auto kind : {oms::binance::KeyKind::kEd25519, oms::binance::KeyKind::kHmacSha256}) {
    const bool is_hmac = kind == oms::binance::KeyKind::kHmacSha256;
    const std::string name = is_hmac ? "order_encode_hmac" : "order_encode";
    if (!reporter.wants(name)) continue;
    const InstrumentTable instruments = make_instruments();
    const ClOrdIdCodec codec{"pc1"};
    auto encoder = make_encoder(kind, instruments, codec);
    NewOrderSingle order = make_order();
    std::uint64_t sequence = 1;
    WallTime wall = wall_time(1'750'000'000'000'000'000);
    std::size_t length = 0;
    Figure figure{name, is_hmac ? "order.place with HMAC signature, mean of 1000, 1000 times"
                                : "order.place after logon, mean of 1000, 1000 times"};
    measure(reporter, figure, 1000, 1000, [&] {
      order.px += Price::from_raw(1'000'000);
      wall += Nanos{1'000'000};
      length = encoder.order_place(order, make_order_id(42, sequence++), wall).size();
      keep(length);
    });
    PORTCULLIS_CHECK(length > 100, "encoded nothing");
    reporter.report(figure);
  }
}

}  // namespace portcullis::bench
