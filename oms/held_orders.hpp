#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "core/ids.hpp"
#include "core/kill_switch.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "oms/order_journal.hpp"
#include "risk/approved.hpp"

namespace portcullis::oms {

// What an order brings from the gate.
struct WayOut {
  std::uint64_t position;  // of the journal, behind its record
  MonoTime taken;          // up by the gateway
  MonoTime judged;         // by the gate
};

// Orders (or lists of them) that the gate has let through and that wait for their journal record to
// be on the disk, in the order in which they came. Trading thread only; memory is taken at
// construction.
template <class Request>
class HeldQueue {
 public:
  using Way = WayOut;
  struct Held {
    Held(risk::Approved<Request> order, OrderId order_id, const Way& its_way) noexcept
        : approved{std::move(order)},
          id{order_id},
          way{its_way} {}
    risk::Approved<Request> approved;
    OrderId id;  // of a list its first order's
    Way way;
  };

  explicit HeldQueue(std::size_t capacity)
      : capacity_{capacity},
        held_{std::make_unique<std::optional<Held>[]>(capacity)} {}

  [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool is_full() const noexcept { return count_ == capacity_; }
  // Not when full.
  void push(Held held) noexcept { held_[(first_ + count_++) % capacity_].emplace(std::move(held)); }
  // Not when empty.
  [[nodiscard]] const Held& front() const noexcept { return *held_[first_]; }
  void pop() noexcept {
    held_[first_].reset();
    first_ = (first_ + 1) % capacity_;
    --count_;
  }

 private:
  std::size_t capacity_;
  std::unique_ptr<std::optional<Held>[]> held_;
  std::size_t first_{0};
  std::size_t count_{0};
};

// Gives `release` the orders whose records have reached the disk, or of which nothing is waited for
// any more: the disk has stopped, or nothing may be opened now. At most `releases_max`; how many.
template <class Request, class Release>
int release_ready(HeldQueue<Request>& queue, const OrderJournal& journal,
                  const KillSwitch& kill_switch, int releases_max, const Now& now,
                  Release&& release) noexcept {
  int released = 0;
  while (!queue.is_empty() && released < releases_max) {
    const auto& held = queue.front();
    const bool is_written_down = journal.is_written_down(held.way.position);
    const bool may_wait = !journal.has_stopped(now.mono) && kill_switch.may_open();
    if (!is_written_down && may_wait) break;
    release(held, is_written_down);
    queue.pop();
    ++released;
  }
  return released;
}

using HeldOrders = HeldQueue<NewOrderSingle>;
using HeldLists = HeldQueue<NewOrderList>;

}  // namespace portcullis::oms
