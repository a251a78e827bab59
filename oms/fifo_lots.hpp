#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "oms/fine_notional.hpp"

namespace portcullis::oms {

// What was bought first is sold first: cost and result of one position by lots, exact. Fees are
// taken as Position takes them, so that both methods have the same result whenever the position is
// flat, and the same sum of result and open cost always.
//
// The lots are taken at construction. A fill at the price of the newest lot joins it, which changes
// nothing. When all are in use, a fill at another price joins the newest lot too, and that one is
// from then on closed at its average: what is closed next stays first in, first out, the total
// stays exact, and `merged_count` says how often it has happened. One writer.
class FifoLots {
 public:
  // At least one.
  explicit FifoLots(std::size_t capacity);

  // Base for quote. A price of zero is base that was given or taken for nothing (a fee in base).
  void trade(Side side, Price px, Qty qty) noexcept;
  // Out of the result alone: a fee in quote units; negative is a rebate.
  void take_fee(FineNotional fee) noexcept { realized_ -= fee.raw; }

  [[nodiscard]] Qty qty() const noexcept { return qty_; }  // negative when short
  // Of the open lots; negative: what short ones were sold for.
  [[nodiscard]] FineNotional cost() const noexcept { return {cost_}; }
  [[nodiscard]] FineNotional realized() const noexcept { return {realized_}; }  // net of fees
  [[nodiscard]] std::size_t lot_count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t merged_count() const noexcept { return merged_count_; }

  // state_archive.hpp: the lots from the oldest on.
  template <class Archive, class Self>
  static void transfer(Archive& archive, Self& self) {
    auto count = static_cast<std::uint64_t>(self.count_);
    archive(self.qty_, self.cost_, self.realized_, self.merged_count_, count);
    if constexpr (Archive::kIsReading) {
      if (count > self.lots_.size()) return archive.fail();
      self.first_ = 0;
      self.count_ = count;
    }
    for (std::size_t i = 0; i < self.count_; ++i) {
      auto& lot = self.lots_[self.place_of(i)];
      archive(lot.qty, lot.px, lot.cost);
    }
  }

 private:
  static constexpr std::int64_t kMixedPx = -1;  // lots of several prices in one

  struct Lot {
    std::int64_t qty{0};  // without sign
    std::int64_t px{0};
    Int128 cost{0};  // with the position's sign
  };

  void open(std::int64_t px, std::int64_t qty, std::int64_t sign) noexcept;
  void close_oldest(std::int64_t px, std::int64_t qty, std::int64_t sign) noexcept;
  [[nodiscard]] Lot& newest() noexcept { return lots_[place_of(count_ - 1)]; }
  [[nodiscard]] std::size_t place_of(std::size_t i) const noexcept {
    const std::size_t place = first_ + i;
    return place < lots_.size() ? place : place - lots_.size();
  }

  std::vector<Lot> lots_;  // a ring
  std::size_t first_{0};
  std::size_t count_{0};
  Qty qty_{};
  Int128 cost_{0};
  Int128 realized_{0};
  std::uint64_t merged_count_{0};
};

}  // namespace portcullis::oms
