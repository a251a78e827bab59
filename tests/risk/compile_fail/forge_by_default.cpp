// Must not compile: a proof out of nothing.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

Proof forge() {
  return Proof{};
}
