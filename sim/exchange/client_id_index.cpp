#include "sim/exchange/client_id_index.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::sim {

void ClientIdIndex::erase(std::string_view name, std::uint64_t order_id) {
  if (count_ == 0) return;
  std::size_t at = home(hash_of(name));
  while (slots_[at].order_id != 0 && slots_[at].order_id != order_id) at = after(at);
  if (slots_[at].order_id == 0) return;
  --count_;
  // Moves back whatever the gap would cut off from its home.
  std::size_t gap = at;
  for (at = after(gap); slots_[at].order_id != 0; at = after(at)) {
    const std::size_t mask = slots_.size() - 1;
    const std::size_t from_home = (at - home(slots_[at].hash)) & mask;
    if (from_home < ((at - gap) & mask)) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = {};
}

void ClientIdIndex::grow() {
  constexpr std::size_t kFirst = 16;
  const std::vector<Slot> old = std::exchange(slots_, {});
  slots_.resize(std::max(kFirst, old.size() * 2));
  for (const Slot& slot : old) {
    if (slot.order_id == 0) continue;
    std::size_t at = home(slot.hash);
    while (slots_[at].order_id != 0) at = after(at);
    slots_[at] = slot;
  }
}

}  // namespace portcullis::sim
