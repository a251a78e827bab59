// Must not compile: the bytes of an order taken for a proof.
#include <bit>

#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

Proof forge(const portcullis::NewOrderSingle& order) {
  return std::bit_cast<Proof>(order);
}
