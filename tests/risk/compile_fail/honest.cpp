// The control: what the forgeries beside this file are made of compiles when nothing is forged, so
// that each of them fails for its own reason.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

const portcullis::NewOrderSingle& read(const Proof& proof) {
  return proof.get();
}
