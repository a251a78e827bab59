// Must not compile: a proof whose order is changed after the judgement.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

void forge(Proof& proof, portcullis::Qty more) {
  proof.get().qty = more;
}
