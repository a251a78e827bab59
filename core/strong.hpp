#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>

namespace portcullis {

// An integer that does not mix with any other. `raw()` is the only way out, on purpose: an implicit
// conversion would give back the mistake this type exists to prevent.
template <std::integral Rep, class Tag>
class Strong {
 public:
  using rep = Rep;

  constexpr Strong() noexcept = default;
  explicit constexpr Strong(Rep value) noexcept : value_{value} {}

  [[nodiscard]] constexpr Rep raw() const noexcept { return value_; }
  [[nodiscard]] constexpr Strong next() const noexcept {
    return Strong{static_cast<Rep>(value_ + 1)};
  }

  friend constexpr auto operator<=>(const Strong&, const Strong&) noexcept = default;

 private:
  Rep value_{};
};

}  // namespace portcullis

template <class Rep, class Tag>
struct std::hash<portcullis::Strong<Rep, Tag>> {
  std::size_t operator()(const portcullis::Strong<Rep, Tag>& id) const noexcept {
    return std::hash<Rep>{}(id.raw());
  }
};
