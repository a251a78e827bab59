#include "sim/admin/live_feed.hpp"

#include <chrono>

#include "sim/json/json_config.hpp"

namespace portcullis::sim {

namespace {

constexpr std::chrono::milliseconds kPeriod{250};
constexpr std::uint64_t kConflationKey = 1;

}  // namespace

LiveFeed::LiveFeed(AdminParts& parts, TextSink& sink) : parts_{parts}, sink_{sink} {
  tell();
  tell_later();
}

void LiveFeed::on_text(std::string_view text) {
  auto request = read_json_config(text, "live");
  if (!request) return;
  const std::string name = request->root().optional_string("symbol", "");
  if (const auto symbol = parts_.venue.exchange.find_symbol(name)) symbol_ = *symbol;
  tell();
}

void LiveFeed::tell() {
  sink_.send(std::make_shared<const std::string>(live_json(parts_, symbol_)), kConflationKey);
}

void LiveFeed::tell_later() {
  parts_.venue.scheduler.after(kPeriod, [this, life = std::weak_ptr{life_}] {
    if (life.expired()) return;
    tell();
    tell_later();
  });
}

}  // namespace portcullis::sim
