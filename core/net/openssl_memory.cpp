#include "core/net/openssl_memory.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <openssl/crypto.h>

namespace portcullis::net {

namespace {

struct alignas(64) Block {
  std::array<unsigned char, 64> bytes;
};

constexpr std::size_t kBlocks = 1024;
constexpr std::size_t kBlocksPerThread = 8;
constexpr std::size_t kWordBits = 64;

// All of it is constant-initialised: OpenSSL may call before and after every constructor of ours.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit std::array<Block, kBlocks> blocks{};
constinit std::array<std::atomic<std::uint64_t>, kBlocks / kWordBits> taken{};  // a bit a block

constinit thread_local int scope_depth = 0;
constinit thread_local std::array<Block*, kBlocksPerThread> spare{};
constinit thread_local std::size_t spare_count = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

bool is_block(const void* memory) noexcept {
  const auto address = std::bit_cast<std::uintptr_t>(memory);
  const auto begin = std::bit_cast<std::uintptr_t>(blocks.data());
  return address >= begin && address < begin + sizeof blocks;
}

// Null when none is left.
Block* claim() noexcept {
  for (std::size_t i = 0; i < taken.size(); ++i) {
    std::uint64_t word = taken[i].load(std::memory_order_relaxed);
    while (word != ~std::uint64_t{0}) {
      const auto bit = static_cast<std::size_t>(std::countr_one(word));
      if (taken[i].compare_exchange_weak(word, word | (std::uint64_t{1} << bit),
                                         std::memory_order_acquire, std::memory_order_relaxed)) {
        return &blocks[i * kWordBits + bit];
      }
    }
  }
  return nullptr;
}

void give_back(Block* block) noexcept {
  const auto index = static_cast<std::size_t>(block - blocks.data());
  taken[index / kWordBits].fetch_and(~(std::uint64_t{1} << (index % kWordBits)),
                                     std::memory_order_release);
}

// Lifts the guard inside a scope only; outside of one it stays as it is.
class RareRequest {
 public:
  RareRequest() noexcept {
    if (scope_depth > 0) allowed_.emplace();
  }

 private:
  std::optional<AllocAllowedScope> allowed_;
};

// OpenSSL's allocator, so it deals in malloc.
// NOLINTBEGIN(cppcoreguidelines-no-malloc)
void* take_memory(std::size_t size, const char*, int) noexcept {
  if (scope_depth > 0 && size <= sizeof(Block)) {
    Block* const block = spare_count > 0 ? spare[--spare_count] : claim();
    if (block != nullptr) return block;
  }
  const RareRequest rare;
  return std::malloc(size);
}

void free_memory(void* memory, const char*, int) noexcept {
  if (!is_block(memory)) {
    const RareRequest rare;
    std::free(memory);
    return;
  }
  auto* const block = static_cast<Block*>(memory);
  // Only hot threads keep spares: one that leaves the scope for good would take them with it.
  if (scope_depth > 0 && spare_count < spare.size()) {
    spare[spare_count++] = block;
  } else {
    give_back(block);
  }
}

void* resize_memory(void* memory, std::size_t size, const char* file, int line) noexcept {
  const RareRequest rare;
  if (!is_block(memory)) return std::realloc(memory, size);
  if (size <= sizeof(Block)) return memory;
  void* const larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, sizeof(Block));
  free_memory(memory, file, line);
  return larger;
}
// NOLINTEND(cppcoreguidelines-no-malloc)

// OpenSSL refuses this once it has allocated anything.
const bool kIsInstalled = CRYPTO_set_mem_functions(take_memory, resize_memory, free_memory) == 1;

}  // namespace

RecordScope::RecordScope() noexcept {
  ++scope_depth;
  if (!kIsInstalled) fallback_.emplace();
}

RecordScope::~RecordScope() {
  --scope_depth;
}

bool is_openssl_memory_ours() noexcept {
  return kIsInstalled;
}

}  // namespace portcullis::net
