#pragma once

#include <cstddef>
#include <cstdint>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "oms/fifo_lots.hpp"
#include "oms/oms_view.hpp"
#include "oms/position.hpp"

namespace portcullis::oms {

// Enough for a market maker's inventory at as many prices; 32 bytes each. A constant, since a
// replay must merge where the run had merged.
inline constexpr std::size_t kFifoLots = 128;

// One position by average cost and by lots, and what its fees came to. A fee in a third asset
// counts once its price in the quote asset is known; until then the result is not. One writer.
class PositionAccount {
 public:
  explicit PositionAccount(std::size_t lots = kFifoLots) : lots_{lots} {}

  void on_fill(Side side, Price px, Qty qty) noexcept;
  void on_fee_in_base(Qty fee) noexcept;
  void on_fee_in_quote(Notional fee) noexcept;
  // In a third asset, of which one unit costs `px` in the quote asset.
  void on_fee_in_third(Fee fee, Price px) noexcept;
  // The same with no price: it waits for one. A second asset beside the one that waits, and one
  // that has no name, leave the result unknown for good.
  void on_fee_without_px(AssetId asset, Fee fee) noexcept;
  // What waits in this asset has its price now. True when something did.
  bool settle(AssetId asset, Price px) noexcept;

  [[nodiscard]] const Position& position() const noexcept { return position_; }
  [[nodiscard]] const FifoLots& lots() const noexcept { return lots_; }
  // False: a fee is missing in the results, which are not to be used.
  [[nodiscard]] bool is_fee_complete() const noexcept {
    return waiting_asset_ == kNoAsset && !has_nameless_fee_;
  }
  // kNoAsset: none waits.
  [[nodiscard]] AssetId waiting_asset() const noexcept { return waiting_asset_; }
  [[nodiscard]] Fee waiting_fee() const noexcept { return waiting_fee_; }
  // Fees in third assets, in quote units.
  [[nodiscard]] FineNotional fee_in_third() const noexcept { return fee_in_third_; }

  [[nodiscard]] PositionSnapshot snapshot() const noexcept;
  // Numbers of assets are a run's.
  void set_waiting_asset(AssetId asset) noexcept;
  // state_archive.hpp
  template <class Archive, class Self>
  static void transfer(Archive& archive, Self& self) {
    Position::transfer(archive, self.position_);
    FifoLots::transfer(archive, self.lots_);
    archive(self.fee_in_third_, self.waiting_fee_, self.waiting_asset_, self.has_nameless_fee_);
  }

 private:
  Position position_;
  FifoLots lots_;
  FineNotional fee_in_third_{};
  Fee waiting_fee_{};
  AssetId waiting_asset_{kNoAsset};
  bool has_nameless_fee_{false};
};

}  // namespace portcullis::oms
