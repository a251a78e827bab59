#pragma once

#include <cstdint>
#include <string>

#include "sim/api/authenticator.hpp"

namespace portcullis::sim::fuzz {

// The account's keys: 64 times 'H' for HMAC, 64 times 'E' for an Ed25519 pair made in this process.
void add_keys(Authenticator& authenticator, SimAccountId account);

// Gives a request the right signature of the HMAC key if it has any; others stay as they are.
void sign(std::string& query, std::string& body);

// session.logon with the Ed25519 key.
[[nodiscard]] std::string signed_logon(std::int64_t time_ms);

}  // namespace portcullis::sim::fuzz
