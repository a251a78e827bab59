#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/journal/layout.hpp"

namespace portcullis::journal {

// The SHA-256 chain over the stream: each seal's hash covers the hash of the seal before it and the
// bytes between the two. Cold threads only.
class HashChain {
 public:
  explicit HashChain(const Seal& start);
  HashChain(HashChain&&) noexcept;
  HashChain& operator=(HashChain&&) noexcept;
  HashChain(const HashChain&) = delete;
  HashChain& operator=(const HashChain&) = delete;
  ~HashChain();

  // The next bytes of the stream.
  void take(std::span<const std::byte> bytes);
  // Seals here: the hash up to and with the last byte taken.
  Seal seal();

  // Behind the last byte taken.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] const Seal& last() const noexcept { return last_; }

 private:
  struct Digest;
  void begin();

  Seal last_;
  std::uint64_t position_;
  std::unique_ptr<Digest> digest_;
};

}  // namespace portcullis::journal
