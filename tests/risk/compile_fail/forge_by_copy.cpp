// Must not compile: one proof used for two orders.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

Proof forge(const Proof& proof) {
  return proof;
}
