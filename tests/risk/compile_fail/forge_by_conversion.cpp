// Must not compile: an order passed where a proof is asked for.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

void send(const Proof& proof);

void forge(const portcullis::NewOrderSingle& order) {
  send(order);
}
