// Must not compile: a proof made from an order that nobody judged.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

Proof forge(const portcullis::NewOrderSingle& order) {
  return Proof{order};
}
