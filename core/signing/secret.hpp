#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace portcullis::signing {

// Key material on its way from the configuration to the signer. Kept on the heap and not in a
// std::string, whose short form would leave a copy behind at each move; wiped when it goes. There
// is no stream operator and no implicit way out, so that it cannot slip into a log.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view text)
      : bytes_{std::make_unique<char[]>(text.size())},
        size_{text.size()} {
    text.copy(bytes_.get(), size_);
  }
  Secret(Secret&& other) noexcept
      : bytes_{std::move(other.bytes_)},
        size_{std::exchange(other.size_, 0)} {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::move(other.bytes_);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  // The one way out. Never log it, never keep it beyond the secret's life.
  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }

 private:
  void wipe() noexcept {
    // Through volatile, so that the stores survive as dead ones would not.
    volatile char* bytes = bytes_.get();
    for (std::size_t i = 0; i < size_; ++i) bytes[i] = 0;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_{0};
};

}  // namespace portcullis::signing
