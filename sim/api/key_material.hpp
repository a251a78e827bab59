#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace portcullis::sim {

// Keys as the venue has them, made here. Not for secrets of real value: whoever runs the simulator
// may read them all.

// 64 letters and digits.
[[nodiscard]] std::string make_api_key();

enum class KeyPairKind : std::uint8_t { kEd25519, kRsa2048 };
// A private key, PKCS #8 in PEM.
[[nodiscard]] std::string make_private_pem(KeyPairKind kind);
// Its public half in PEM; an error for a text that is no private key.
[[nodiscard]] std::expected<std::string, std::string> public_pem_of(const std::string& private_pem);

}  // namespace portcullis::sim
