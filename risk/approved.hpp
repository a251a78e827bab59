#pragma once

namespace portcullis::risk {

// Proof in the type that a request passed the gate: only PreTradeGate can make one, and a venue
// session accepts nothing else, so sending an order unchecked does not compile.
//
// It moves and does not copy, since one proof stands for one reservation. The move is written out
// so that the type is not trivially copyable: std::bit_cast cannot forge one either.
template <class Request>
class Approved {
 public:
  Approved(Approved&& other) noexcept : request_{other.request_} {}
  Approved(const Approved&) = delete;
  Approved& operator=(const Approved&) = delete;
  Approved& operator=(Approved&&) = delete;
  ~Approved() = default;

  [[nodiscard]] const Request& get() const noexcept { return request_; }

 private:
  friend class PreTradeGate;  // the only maker
  explicit Approved(const Request& request) noexcept : request_{request} {}

  Request request_;
};

}  // namespace portcullis::risk
