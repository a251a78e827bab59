#pragma once

#include <cstddef>

namespace portcullis::sim {

// Zeroed memory for the flat tables of a book. From kHugePageBytes on it comes straight from the
// kernel, aligned for and advised as huge pages (a book of a million orders would otherwise spend
// its time in page walks), and is touched at once so that no fault comes later.
class Pages {
 public:
  static constexpr std::size_t kHugePageBytes = std::size_t{2} << 20U;

  Pages() noexcept = default;
  explicit Pages(std::size_t bytes);
  ~Pages();
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  [[nodiscard]] void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void* data_{nullptr};
  std::size_t bytes_{0};
};

}  // namespace portcullis::sim
