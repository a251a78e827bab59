#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sim/net/event_loop.hpp"
#include "sim/net/tls_engine.hpp"
#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

// One accepted TCP connection, plain or TLS, as bytes. Whoever speaks a protocol over it is its
// owner, and changes when HTTP becomes WebSocket; nothing here is compiled once for each kind.
// Everything on the loop's thread.
class ByteStream final {
 public:
  enum class End : std::uint8_t {
    kHalfClosed,  // the peer says no more, but may still listen
    kBroken,      // nothing passes any more
  };
  // Told from the loop, never from inside a call of its own.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Valid, and free to be changed, during the call. At most what one read brought comes after
    // pause().
    virtual void on_bytes(std::span<char> bytes) = 0;
    // All that was written is with the kernel, where before it was not.
    virtual void on_drained() = 0;
    virtual void on_end(End end) = 0;
  };
  enum class Farewell : std::uint8_t {
    kInOrder,        // what was written goes out, TLS closes, FIN
    kWithoutNotify,  // FIN, but the TLS session is left hanging; what is unsent is lost
    kReset,          // RST; what is unsent is lost
  };

  // Takes the socket, which does not block. `tls`: none for plain.
  ByteStream(EventLoop& loop, int socket, const TlsContext* tls,
             std::shared_ptr<WireFaultCounts> fault_counts);
  // Without a farewell before: the socket closes at once.
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ByteStream(ByteStream&&) noexcept = default;
  ByteStream& operator=(ByteStream&&) = delete;

  // Reading starts with the first owner.
  void set_owner(std::weak_ptr<Owner> owner);
  void pause();
  void resume();

  // Takes everything; what the kernel does not is kept, and on_drained() says when it went.
  void write(std::string_view bytes);
  [[nodiscard]] bool is_blocked() const noexcept;
  // The owner hears nothing more. Nothing when it has ended already.
  void close(Farewell farewell);

  // False for the kinds that are about messages: those are the owner's to carry out.
  bool inject(const WireFault& fault);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
