#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace portcullis::sim {

// Client order id -> the order that has it, without a copy of the text: a name's hash and an order
// id in an open-addressing table at most half full. `has_name(order_id)` says whether an order goes
// by the name in question.
class ClientIdIndex {
 public:
  // Replaces the order that had the name before.
  template <class HasName>
  void put(std::string_view name, std::uint64_t order_id, HasName&& has_name) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    const std::uint64_t hash = hash_of(name);
    std::size_t at = home(hash);
    for (; slots_[at].order_id != 0; at = after(at)) {
      if (slots_[at].hash == hash && has_name(slots_[at].order_id)) break;
    }
    if (slots_[at].order_id == 0) ++count_;
    slots_[at] = {.hash = hash, .order_id = order_id};
  }

  // Zero: nobody has it.
  template <class HasName>
  [[nodiscard]] std::uint64_t find(std::string_view name, HasName&& has_name) const {
    if (count_ == 0) return 0;
    const std::uint64_t hash = hash_of(name);
    for (std::size_t at = home(hash); slots_[at].order_id != 0; at = after(at)) {
      if (slots_[at].hash == hash && has_name(slots_[at].order_id)) return slots_[at].order_id;
    }
    return 0;
  }

  // Nothing happens when the name is another order's by now.
  void erase(std::string_view name, std::uint64_t order_id);

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  struct Slot {
    std::uint64_t hash{0};
    std::uint64_t order_id{0};  // zero: free
  };

  static std::uint64_t hash_of(std::string_view name) noexcept {
    return std::hash<std::string_view>{}(name);
  }
  [[nodiscard]] std::size_t home(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(hash) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
    return (at + 1) & (slots_.size() - 1);
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two
  std::size_t count_{0};
};

}  // namespace portcullis::sim
