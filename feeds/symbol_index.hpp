#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/instrument.hpp"

namespace portcullis::feeds {

// Symbol name -> SymbolId without allocation: a perfect hash table whose seed is searched for at
// start-up, so that a look-up is one hash and one comparison. Frozen after construction.
class SymbolIndex {
 public:
  static constexpr std::size_t kNameMax = 31;  // bytes; the venue's longest are under 20

  // Indexes every instrument of the table; a name longer than kNameMax aborts.
  explicit SymbolIndex(const InstrumentTable& instruments);

  // kNoSymbol when the name is not in the table.
  [[nodiscard]] SymbolId find(std::string_view name) const noexcept {
    if (name.empty() || name.size() > kNameMax) return kNoSymbol;
    const Slot& slot = slots_[hash(name, seed_) & mask_];
    const bool is_same = std::string_view{slot.name.data(), slot.length} == name;
    return is_same ? slot.symbol : kNoSymbol;
  }

 private:
  struct Slot {
    std::array<char, kNameMax> name{};
    std::uint8_t length{0};
    SymbolId symbol{kNoSymbol};
  };

  [[nodiscard]] static std::uint64_t hash(std::string_view name, std::uint64_t seed) noexcept {
    std::uint64_t value = seed;
    for (const char c : name) {
      value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return value ^ (value >> 29);
  }
  // Places all names with this seed, or says that two of them collide.
  [[nodiscard]] bool try_place(const InstrumentTable& instruments, std::uint64_t seed,
                               std::size_t slot_count);

  std::vector<Slot> slots_;
  std::uint64_t seed_{0};
  std::uint64_t mask_{0};
};

}  // namespace portcullis::feeds
