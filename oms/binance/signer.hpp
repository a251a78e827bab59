#pragma once

#include "core/signing/secret.hpp"
#include "core/signing/signer.hpp"

namespace portcullis::oms::binance {

using signing::KeyKind;
using signing::Secret;
using signing::Signer;

}  // namespace portcullis::oms::binance
