#pragma once

#include <optional>

#include "core/no_alloc.hpp"

namespace portcullis::net {

// OpenSSL 3 takes and frees one block of 40 bytes for every TLS record it opens or seals. While a
// RecordScope lives, its thread's small requests by OpenSSL are served from blocks set aside at
// start-up instead of the heap, so that a hot thread stays off it. What else OpenSSL may want there
// is the peer's doing and rare (a TLS 1.3 key update, a session ticket, an alert); it comes from
// the heap, with the allocation guard lifted, since a peer must not be able to stop us.
//
// A block may be freed by any thread, at any time. Cheap: one thread-local counter.
class RecordScope {
 public:
  RecordScope() noexcept;
  ~RecordScope();
  RecordScope(const RecordScope&) = delete;
  RecordScope& operator=(const RecordScope&) = delete;

 private:
  std::optional<AllocAllowedScope> fallback_;  // where OpenSSL's memory is not ours
};

// False when something used OpenSSL before our start-up code ran: then it stays with malloc.
[[nodiscard]] bool is_openssl_memory_ours() noexcept;

}  // namespace portcullis::net
