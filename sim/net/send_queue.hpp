#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// Messages for a line that takes no more just now. One with a key takes the place of the one of
// that key which waits already, so that a slow reader of top-of-book gets the latest, not the list.
class SendQueue {
 public:
  void push(SharedText text, std::uint64_t key) {
    if (key != 0) {
      if (const auto waiting = places_.find(key); waiting != places_.end()) {
        SharedText& place = items_[static_cast<std::size_t>(waiting->second - popped_)].text;
        bytes_ += text->size();
        bytes_ -= place->size();
        place = std::move(text);
        return;
      }
      places_[key] = popped_ + items_.size();
    }
    bytes_ += text->size();
    items_.push_back({std::move(text), key});
  }

  [[nodiscard]] SharedText pop() {
    Item item = std::move(items_.front());
    items_.pop_front();
    ++popped_;
    bytes_ -= item.text->size();
    if (item.key != 0) places_.erase(item.key);
    return std::move(item.text);
  }

  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  void clear() noexcept {
    popped_ += items_.size();
    items_.clear();
    places_.clear();
    bytes_ = 0;
  }

 private:
  struct Item {
    SharedText text;
    std::uint64_t key;
  };
  std::deque<Item> items_;
  std::unordered_map<std::uint64_t, std::uint64_t> places_;  // by key: which one since the start
  std::uint64_t popped_{0};
  std::size_t bytes_{0};
};

}  // namespace portcullis::sim
