// Must not compile: a proof made through a class derived from it.
#include "core/messages.hpp"
#include "risk/approved.hpp"

using Proof = portcullis::risk::Approved<portcullis::NewOrderSingle>;

struct Forged : Proof {
  explicit Forged(const portcullis::NewOrderSingle& order) : Proof{order} {}
};
