// libFuzzer: whatever the venue's socket says, the decoder neither crashes nor gives half a
// message.

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.hpp"
#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "oms/binance/message_decoder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portcullis;
  namespace binance = portcullis::oms::binance;
  static const InstrumentTable instruments = [] {
    InstrumentTable table;
    table.add({.symbol = "BTCUSDT", .base_asset_name = "BTC", .quote_asset_name = "USDT"});
    return table;
  }();
  static const ClOrdIdCodec codec{"pc1"};
  static binance::MessageDecoder decoder{instruments, codec, 1u << 20};
  static binance::DecodedMessage message;

  std::string payload{reinterpret_cast<const char*>(data), size};
  payload.append(64, '\0');
  decoder.decode({payload.data(), size}, mono_time(1), message);
  const bool may_carry = message.kind == binance::MessageKind::kResult ||
                         message.kind == binance::MessageKind::kOrderEvent ||
                         message.kind == binance::MessageKind::kBalanceEvent;
  PORTCULLIS_CHECK(may_carry || (message.reports.empty() && message.balances.empty()),
                   "a message that was refused still carries facts");
  return 0;
}
