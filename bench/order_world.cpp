#include "bench/order_world.hpp"

#include <memory>
#include <string>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/check.hpp"

namespace portcullis::bench {

namespace {

std::string make_ed25519_pem() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
  const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), &BIO_free};
  PORTCULLIS_CHECK(
      PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "cannot make a key");
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

InstrumentTable make_instruments() {
  InstrumentTable table;
  Instrument instrument;
  instrument.symbol = "BTCUSDT";
  instrument.base_asset_name = "BTC";
  instrument.quote_asset_name = "USDT";
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  instrument.tick_size = Price::from_raw(1'000'000);
  instrument.px_min = Price::from_raw(1'000'000);
  instrument.px_max = Price::from_units(1'000'000);
  instrument.lot_size = Qty::from_raw(1'000);
  instrument.qty_min = Qty::from_raw(1'000);
  instrument.qty_max = Qty::from_units(9'000);
  instrument.notional_min = Notional::from_units(5);
  instrument.notional_max = Notional::from_units(9'000'000);
  table.add(instrument);
  return table;
}

NewOrderSingle make_order() {
  NewOrderSingle order;
  order.symbol = SymbolId{0};
  order.type = OrdType::kLimitMaker;
  order.px = Price::from_raw(6'160'201'000'000);
  order.qty = Qty::from_raw(1'000'000);
  return order;
}

oms::binance::OrderEncoder make_encoder(oms::binance::KeyKind kind,
                                        const InstrumentTable& instruments,
                                        const ClOrdIdCodec& codec) {
  const oms::binance::Secret secret{kind == oms::binance::KeyKind::kEd25519 ? make_ed25519_pem()
                                                                            : std::string(64, 's')};
  auto signer = oms::binance::Signer::make(kind, secret);
  PORTCULLIS_CHECK(signer.has_value(), "the signer refuses a fresh key");
  auto encoder = oms::binance::OrderEncoder::make({.api_key = std::string(64, 'k')},
                                                  std::move(*signer), instruments, codec);
  PORTCULLIS_CHECK(encoder.has_value(), "the encoder refuses the instrument");
  return std::move(*encoder);
}

}  // namespace portcullis::bench
