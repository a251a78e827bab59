#include "oms/external_orders.hpp"

#include <algorithm>

#include "oms/report_meaning.hpp"

namespace portcullis::oms {

namespace {

bool is_working(const VenueReport& report) noexcept {
  return event_of(report) == OrderEvent::kAccepted && report.state != OrderState::kFilled &&
         report.qty > report.cum_qty;
}

risk::Held held_of(const ExternalOrder& order) noexcept {
  return {.symbol = order.symbol, .side = order.side, .strategy = kNoStrategy, .px = order.px};
}

}  // namespace

ExternalOrders::ExternalOrders(std::size_t capacity, risk::Exposure& exposure, Counter working)
    : capacity_{capacity},
      exposure_{exposure},
      working_{working},
      by_name_{capacity} {
  orders_.reserve(capacity);
}

ExternalOrder* ExternalOrders::find(SymbolId symbol, VenueOrderId venue_order_id) noexcept {
  const std::uint32_t* index = by_name_.find(Key{.id = venue_order_id, .symbol = symbol});
  return index != nullptr ? &orders_[*index] : nullptr;
}

void ExternalOrders::on_report(const VenueReport& report, MonoTime now) noexcept {
  const bool is_listed_trade = is_trade(report) && report.source == ReportSource::kQuery;
  if (is_listed_trade || report.venue_order_id == VenueOrderId{}) return;
  ExternalOrder* order = find(report.symbol, report.venue_order_id);
  if (!is_working(report)) {
    if (order != nullptr) remove(*order);
    return;
  }
  if (order == nullptr) return add(report, now);
  order->told_at = now;
  if (report.cum_qty < order->cum_qty) return;  // overtaken by a later word
  exposure_.release(held_of(*order), order->leaves_qty);
  order->cum_qty = report.cum_qty;
  order->leaves_qty = report.qty - report.cum_qty;
  exposure_.adopt(held_of(*order), order->leaves_qty);
}

void ExternalOrders::add(const VenueReport& report, MonoTime now) noexcept {
  if (orders_.size() == capacity_) {
    has_overflowed_ = true;
    return;
  }
  const ExternalOrder order{.venue_order_id = report.venue_order_id,
                            .order_id = report.order_id,
                            .cum_qty = report.cum_qty,
                            .leaves_qty = report.qty - report.cum_qty,
                            .px = report.px,
                            .told_at = now,
                            .symbol = report.symbol,
                            .side = report.side};
  (void)by_name_.insert(key_of(order), static_cast<std::uint32_t>(orders_.size()));
  orders_.push_back(order);
  exposure_.adopt(held_of(order), order.leaves_qty);
  working_.set(static_cast<std::int64_t>(orders_.size()));
}

void ExternalOrders::remove(ExternalOrder& order) noexcept {
  exposure_.release(held_of(order), order.leaves_qty);
  by_name_.erase(key_of(order));
  if (&order != &orders_.back()) {
    by_name_.erase(key_of(orders_.back()));
    order = orders_.back();
    (void)by_name_.insert(key_of(order), static_cast<std::uint32_t>(&order - orders_.data()));
  }
  orders_.pop_back();
  working_.set(static_cast<std::int64_t>(orders_.size()));
}

void ExternalOrders::adopt(std::span<const ExternalOrder> orders, bool has_overflowed) noexcept {
  has_overflowed_ = has_overflowed || orders.size() > capacity_;
  for (const ExternalOrder& order : orders.first(std::min(orders.size(), capacity_))) {
    (void)by_name_.insert(key_of(order), static_cast<std::uint32_t>(orders_.size()));
    orders_.push_back(order);
  }
  working_.set(static_cast<std::int64_t>(orders_.size()));
}

void ExternalOrders::on_listed(const VenueReport& report, std::uint32_t listing) noexcept {
  if (ExternalOrder* order = find(report.symbol, report.venue_order_id); order != nullptr) {
    order->listing_seen = listing;
  }
}

void ExternalOrders::on_listing_complete(std::uint32_t listing, MonoTime asked) noexcept {
  for (std::size_t i = orders_.size(); i > 0; --i) {
    ExternalOrder& order = orders_[i - 1];
    if (order.listing_seen != listing && order.told_at < asked) remove(order);
  }
}

}  // namespace portcullis::oms
