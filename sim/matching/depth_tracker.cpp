#include "sim/matching/depth_tracker.hpp"

#include <algorithm>

namespace portcullis::sim {

void DepthTracker::touch(Side side, Price px) {
  ++last_update_id_;
  const auto index = static_cast<std::size_t>(side);
  std::vector<Price>& prices = prices_[index];
  prices.push_back(px);
  if (prices.size() < dedup_at_[index]) return;
  deduplicate(prices);
  dedup_at_[index] = std::max(kDedupAtFirst, prices.size() * 2);
}

std::optional<DepthTracker::Touched> DepthTracker::take() {
  if (last_update_id_ == taken_update_id_) return std::nullopt;
  Touched touched{.first_update_id = taken_update_id_ + 1,
                  .last_update_id = last_update_id_,
                  .prices = std::move(prices_)};
  for (std::vector<Price>& prices : touched.prices) deduplicate(prices);
  taken_update_id_ = last_update_id_;
  prices_ = {};
  dedup_at_ = {kDedupAtFirst, kDedupAtFirst};
  return touched;
}

void DepthTracker::deduplicate(std::vector<Price>& prices) {
  std::ranges::sort(prices);
  const auto repeated = std::ranges::unique(prices);
  prices.erase(repeated.begin(), repeated.end());
}

}  // namespace portcullis::sim
