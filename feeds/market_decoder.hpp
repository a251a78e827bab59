#pragma once

#include <concepts>
#include <expected>
#include <string_view>

#include "feeds/decoded_event.hpp"

namespace portcullis::feeds {

// What a venue folder provides: bytes of one frame to one typed event. The payload is followed by
// at least 64 readable bytes (net::WsMessage promises them). No allocation, no exception; the same
// bytes give the same answer.
template <class D>
concept MarketDecoder =
    requires(D decoder, std::string_view payload, SymbolId symbol, DecodedEvent& out) {
      // A stream frame, raw or in the combined-stream wrapper.
      {
        decoder.decode(payload, out)
      } noexcept -> std::same_as<std::expected<EventKind, DecodeError>>;
      // A REST snapshot, which does not name its symbol.
      {
        decoder.decode_snapshot(payload, symbol, out)
      } noexcept -> std::same_as<std::expected<EventKind, DecodeError>>;
    };

}  // namespace portcullis::feeds
