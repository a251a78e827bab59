#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace portcullis::net {

// Bytes received and not yet consumed, contiguous, in memory taken and touched once. It starts over
// at the front whenever it runs empty, so in a calm market the same few cache lines are reused.
class ReceiveBuffer {
 public:
  explicit ReceiveBuffer(std::size_t capacity)
      : capacity_{capacity},
        storage_{std::make_unique<char[]>(capacity)} {}

  [[nodiscard]] std::string_view bytes() const noexcept {
    return {storage_.get() + head_, tail_ - head_};
  }
  [[nodiscard]] std::size_t size() const noexcept { return tail_ - head_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  // Room for up to `wanted` bytes at the end; what is there moves to the front only when the end is
  // short of it. May be less, or empty: then the buffer is full.
  [[nodiscard]] std::span<char> prepare(std::size_t wanted) noexcept {
    if (capacity_ - tail_ < wanted && head_ > 0) {
      std::memmove(storage_.get(), storage_.get() + head_, size());
      tail_ -= head_;
      head_ = 0;
    }
    return {storage_.get() + tail_, std::min(wanted, capacity_ - tail_)};
  }
  void commit(std::size_t count) noexcept { tail_ += count; }
  void consume(std::size_t count) noexcept {
    head_ += count;
    if (head_ == tail_) head_ = tail_ = 0;
  }
  // Takes `count` bytes at `offset` out of the middle; the bytes before them move up. Linear in
  // `offset`.
  void erase(std::size_t offset, std::size_t count) noexcept {
    std::memmove(storage_.get() + head_ + count, storage_.get() + head_, offset);
    consume(count);
  }

 private:
  std::size_t capacity_;
  std::unique_ptr<char[]> storage_;
  std::size_t head_{0};
  std::size_t tail_{0};
};

}  // namespace portcullis::net
