#include "sim/markets/depth_sync.hpp"

#include <utility>

namespace portcullis::sim {

DepthSync::Step DepthSync::on_update(DepthUpdate& update) {
  if (!is_synced_) {
    if (early_.size() == early_max_) early_.pop_front();
    early_.push_back(std::move(update));
    return Step::kKeep;
  }
  if (is_old(update)) return Step::kDrop;
  const Step step = is_next(update) ? Step::kApply : Step::kGap;
  last_id_ = update.last_id;
  is_at_image_ = false;
  return step;
}

bool DepthSync::on_image(std::uint64_t last_id) {
  if (!early_.empty()) {
    const DepthUpdate& first = early_.front();
    // An image that ends where the first update begins has lost nothing; USD-M counts the ids of
    // the whole venue, so that there only the update's own range tells.
    const std::uint64_t reach = first.previous_id ? last_id : last_id + 1;
    if (reach < first.first_id) return false;
  }
  is_synced_ = is_at_image_ = true;
  last_id_ = last_id;
  return true;
}

std::deque<DepthUpdate> DepthSync::take_early() {
  return std::exchange(early_, {});
}

void DepthSync::restart() {
  is_synced_ = false;
  early_.clear();
}

// USD-M keeps an update that ends at the image's own id (facts: dropping it breaks thin symbols).
bool DepthSync::is_old(const DepthUpdate& update) const noexcept {
  if (!update.previous_id) return update.last_id <= last_id_;
  return is_at_image_ ? update.last_id < last_id_ : update.last_id <= last_id_;
}

bool DepthSync::is_next(const DepthUpdate& update) const noexcept {
  if (!update.previous_id) return update.first_id <= last_id_ + 1;
  return is_at_image_ ? update.first_id <= last_id_ : *update.previous_id == last_id_;
}

}  // namespace portcullis::sim
