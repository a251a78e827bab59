#pragma once

namespace portcullis::risk {

// Proof in the type that a request passed the gate: only PreTradeGate can make one, and a venue
// session accepts nothing else, so sending an order unchecked does not compile.
template <class Request>
class Approved {
 public:
  [[nodiscard]] const Request& get() const noexcept { return request_; }

 private:
  friend class PreTradeGate;  // the only maker
  explicit Approved(const Request& request) noexcept : request_{request} {}

  Request request_;
};

}  // namespace portcullis::risk
