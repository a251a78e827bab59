#include "sim/matching/pages.hpp"

#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "core/check.hpp"

namespace portcullis::sim {

namespace {

constexpr std::size_t kAlignment = 64;

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// A mapping of `bytes` (whole huge pages) that begins at a huge page's border.
void* map_huge(std::size_t bytes) {
  const std::size_t wide = bytes + Pages::kHugePageBytes;
  void* begin = ::mmap(nullptr, wide, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  PORTCULLIS_CHECK(begin != MAP_FAILED, "no memory for an order book: fewer symbols, or more RAM");
  auto* const raw = static_cast<unsigned char*>(begin);
  const auto misfit = reinterpret_cast<std::uintptr_t>(raw) % Pages::kHugePageBytes;
  const std::size_t before = misfit == 0 ? 0 : Pages::kHugePageBytes - misfit;
  const std::size_t after = wide - before - bytes;
  if (before != 0) ::munmap(raw, before);
  if (after != 0) ::munmap(raw + before + bytes, after);
  void* const data = raw + before;
  (void)::madvise(data, bytes, MADV_HUGEPAGE);  // a kernel without them gives small pages
  return data;
}

}  // namespace

Pages::Pages(std::size_t bytes) {
  if (bytes == 0) return;
  if (bytes >= kHugePageBytes) {
    bytes_ = round_up(bytes, kHugePageBytes);
    data_ = map_huge(bytes_);
  } else {
    bytes_ = round_up(bytes, kAlignment);
    data_ = ::operator new(bytes_, std::align_val_t{kAlignment}, std::nothrow);
    PORTCULLIS_CHECK(data_ != nullptr, "no memory for an order book: fewer symbols, or more RAM");
  }
  std::memset(data_, 0, bytes_);
}

Pages::~Pages() {
  if (bytes_ >= kHugePageBytes) {
    ::munmap(data_, bytes_);
  } else {
    ::operator delete(data_, std::align_val_t{kAlignment});
  }
}

Pages::Pages(Pages&& other) noexcept
    : data_{std::exchange(other.data_, nullptr)},
      bytes_{std::exchange(other.bytes_, 0)} {
}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace portcullis::sim
