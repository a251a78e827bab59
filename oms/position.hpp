#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "oms/fine_notional.hpp"

namespace portcullis::oms {

// Position and result of one symbol by the average-cost method, exact.
//
// `cost` is what the open position was bought for (negative: what a short one was sold for), kept
// as an undivided sum. Reducing takes the share cost * reduced / position out of it, rounded toward
// zero at 1e-16; what rounding leaves behind stays in the remaining cost, and closing takes all of
// it. So proceeds - cost of a position that is flat again is exact to the last digit.
class Position {
 public:
  // A trade of ours. Crossing zero closes the one side whole and opens the other.
  void on_fill(Side side, Price px, Qty qty) noexcept;
  // A fee taken out of the base asset is base sold for nothing: it lowers the holding and its cost
  // is lost. A rebate (negative) is base bought for nothing.
  void on_fee_in_base(Qty fee) noexcept;
  void on_fee_in_quote(Notional fee) noexcept;
  // Any other fee, in quote units: out of the result.
  void take_fee(FineNotional fee) noexcept { realized_ -= fee.raw; }

  [[nodiscard]] Qty qty() const noexcept { return qty_; }  // negative when short
  [[nodiscard]] FineNotional cost() const noexcept { return {cost_}; }
  [[nodiscard]] FineNotional realized() const noexcept { return {realized_}; }  // net of fees
  [[nodiscard]] Price avg_px() const noexcept;  // toward zero; zero when flat
  [[nodiscard]] Qty bought() const noexcept { return bought_; }
  [[nodiscard]] Qty sold() const noexcept { return sold_; }
  [[nodiscard]] Notional fee_in_quote() const noexcept { return fee_in_quote_; }
  [[nodiscard]] Qty fee_in_base() const noexcept { return fee_in_base_; }

  // state_archive.hpp
  template <class Archive, class Self>
  static void transfer(Archive& archive, Self& self) {
    archive(self.qty_, self.cost_, self.realized_, self.bought_, self.sold_, self.fee_in_base_,
            self.fee_in_quote_);
  }

 private:
  void trade(Side side, Int128 px_raw, Qty qty) noexcept;

  Qty qty_{};
  Int128 cost_{0};
  Int128 realized_{0};
  Qty bought_{};
  Qty sold_{};
  Qty fee_in_base_{};
  Notional fee_in_quote_{};
};

}  // namespace portcullis::oms
