#include "feeds/symbol_index.hpp"

#include <bit>

#include "core/check.hpp"

namespace portcullis::feeds {

SymbolIndex::SymbolIndex(const InstrumentTable& instruments) {
  constexpr std::uint64_t kSeedsASize = 64;
  std::size_t slot_count = std::bit_ceil(instruments.size() * 2 + 2);
  // The table doubles after each round of seeds; at n^2 slots every second seed is perfect.
  for (std::uint64_t attempt = 1;; ++attempt) {
    if (try_place(instruments, attempt * 0x9E3779B97F4A7C15ULL, slot_count)) return;
    if (attempt % kSeedsASize == 0) slot_count *= 2;
    PORTCULLIS_CHECK(slot_count <= (std::size_t{1} << 28), "symbol names defeat the index");
  }
}

bool SymbolIndex::try_place(const InstrumentTable& instruments, std::uint64_t seed,
                            std::size_t slot_count) {
  slots_.assign(slot_count, Slot{});
  seed_ = seed;
  mask_ = slot_count - 1;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const SymbolId id{static_cast<SymbolId::rep>(i)};
    const std::string_view name = instruments.at(id).symbol;
    PORTCULLIS_CHECK(!name.empty() && name.size() <= kNameMax, "symbol name length");
    Slot& slot = slots_[hash(name, seed) & mask_];
    if (slot.length != 0) return false;
    name.copy(slot.name.data(), name.size());
    slot.length = static_cast<std::uint8_t>(name.size());
    slot.symbol = id;
  }
  return true;
}

}  // namespace portcullis::feeds
