#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace portcullis {

// Latest-value cell: one writer, any number of readers, no lock. The payload is kept in
// atomic words, so that the race is defined behaviour and TSan agrees.
template <class T>
  requires std::is_trivially_copyable_v<T>
class alignas(64) Seqlock {
 public:
  // The one writer's thread only.
  void store(const T& value) noexcept {
    std::array<std::uint64_t, kWords> words{};
    std::memcpy(words.data(), &value, sizeof(T));
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    // Releasing each word keeps it behind the odd version; a fence would do, but TSan knows none.
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(words[i], std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  // Any thread. False when the writer was in the middle of `attempts` stores in a row: bounded, so
  // that a hot reader never spins; the caller treats it as "no value" (and fails closed).
  [[nodiscard]] bool try_load(T& out, int attempts = 64) const noexcept {
    for (int i = 0; i < attempts; ++i) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      if ((before & 1) != 0) continue;
      std::array<std::uint64_t, kWords> words;
#pragma GCC unroll 16
      for (std::size_t w = 0; w < kWords; ++w) words[w] = words_[w].load(std::memory_order_acquire);
      if (version_.load(std::memory_order_relaxed) != before) continue;
      std::memcpy(static_cast<void*>(&out), words.data(), sizeof(T));
      return true;
    }
    return false;
  }

  // Asks for the memory ahead of try_load().
  void prefetch() const noexcept {
    for (std::size_t at = 0; at < sizeof(*this); at += 64) {
      __builtin_prefetch(reinterpret_cast<const char*>(this) + at);
    }
  }

 private:
  static constexpr std::size_t kWords = (sizeof(T) + 7) / 8;
  std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace portcullis
