#include "sim/mirror/mirror_market.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "sim/lower_case.hpp"

namespace portcullis::sim {

struct MirrorMarket::Symbol {
  std::string name;         // "BTCUSDT"
  std::string stream_name;  // "btcusdt"
  BookMirror mirror;
  DepthSync sync{};
  bool is_image_asked{false};
  WallTime next_image{};  // no snapshot is asked for before
};

MirrorMarket::MirrorMarket(Exchange& exchange, std::unique_ptr<LiveSource> source, Say say)
    : source_{std::move(source)},
      say_{std::move(say)} {
  for (std::size_t i = 0; i < exchange.symbols().size(); ++i) {
    const std::string& name = exchange.symbols()[i].symbol;
    symbols_.push_back(
        {.name = name, .stream_name = lower_case(name), .mirror = BookMirror{exchange, i}});
  }
}

MirrorMarket::~MirrorMarket() = default;

bool MirrorMarket::is_synced(std::size_t symbol) const {
  return symbols_.at(symbol).sync.is_synced();
}

std::uint64_t MirrorMarket::last_update_id(std::size_t symbol) const {
  return symbols_.at(symbol).sync.last_id();
}

void MirrorMarket::step(WallTime now) {
  LiveEvent event;
  for (int i = 0; i < kMaxEventsPerStep && source_->take(event); ++i) on_event(event, now);
  if (!is_up_) return;
  // Also of a symbol so quiet that no update comes.
  for (Symbol& symbol : symbols_) want_image(symbol, now);
}

void MirrorMarket::on_event(const LiveEvent& event, WallTime now) {
  switch (event.kind) {
    case LiveEvent::Kind::kUp:
      is_up_ = true;
      say_("mirror: streams connected");
      break;
    case LiveEvent::Kind::kDown: on_down(event, now); break;
    case LiveEvent::Kind::kFrame: on_frame(event, now); break;
    case LiveEvent::Kind::kImage: on_image(event, now); break;
    case LiveEvent::Kind::kImageError: on_image_error(event, now); break;
  }
}

void MirrorMarket::on_down(const LiveEvent& event, WallTime now) {
  ++stats_.losses;
  is_up_ = false;
  say_("mirror: " + event.text + "; the books are empty until the streams are back");
  for (Symbol& symbol : symbols_) {
    symbol.sync.restart();
    symbol.is_image_asked = false;  // one that is under way is of the time before
    symbol.mirror.clear(now);
  }
}

void MirrorMarket::on_frame(const LiveEvent& event, WallTime now) {
  const auto kind = decoder_.read_frame(event.text, event.received);
  if (kind == FeedDecoder::Kind::kMalformed) {
    ++stats_.malformed;
    return;
  }
  if (kind == FeedDecoder::Kind::kShutdown) {
    say_("mirror: the venue is about to end this connection");
    return;
  }
  if (kind == FeedDecoder::Kind::kOther) return;
  Symbol* symbol = find(decoder_.stream_symbol());
  if (symbol == nullptr) {
    ++stats_.foreign;
  } else if (kind == FeedDecoder::Kind::kDepth) {
    on_depth(*symbol, decoder_.depth(), now);
  } else if (symbol->sync.is_synced()) {
    ++stats_.trades;
    symbol->mirror.apply(decoder_.print(), now);
  }
}

void MirrorMarket::on_depth(Symbol& symbol, DepthUpdate& update, WallTime now) {
  switch (symbol.sync.on_update(update)) {
    case DepthSync::Step::kKeep:
    case DepthSync::Step::kDrop: break;
    case DepthSync::Step::kApply:
      ++stats_.depth_applied;
      symbol.mirror.apply(update, now);
      break;
    case DepthSync::Step::kGap:
      ++stats_.depth_gaps;
      say_("mirror: " + symbol.name + " misses updates; its book is empty until a new snapshot");
      symbol.sync.restart();
      symbol.mirror.clear(now);
      (void)symbol.sync.on_update(update);  // kept, for the next book
      break;
  }
}

void MirrorMarket::want_image(Symbol& symbol, WallTime now) {
  if (symbol.sync.is_synced() || symbol.is_image_asked || now < symbol.next_image) return;
  symbol.is_image_asked = true;
  source_->ask_image(symbol.name);
}

void MirrorMarket::on_image(const LiveEvent& event, WallTime now) {
  Symbol* symbol = find(lower_case(event.symbol));
  if (symbol == nullptr || !symbol->is_image_asked) return;
  symbol->is_image_asked = false;
  if (!decoder_.read_image(event.text)) {
    ++stats_.malformed;
    symbol->next_image = now + kImageRetry;
    say_("mirror: " + symbol->name + ": the snapshot is not what the venue documents");
    return;
  }
  const DepthImage& image = decoder_.image();
  if (!symbol->sync.on_image(image.last_id)) {
    ++stats_.images_old;  // another is asked for
    return;
  }
  ++stats_.images;
  say_("mirror: " + symbol->name + " synchronised");
  symbol->mirror.apply(image, now);
  for (DepthUpdate& update : symbol->sync.take_early()) on_depth(*symbol, update, now);
}

void MirrorMarket::on_image_error(const LiveEvent& event, WallTime now) {
  Symbol* symbol = find(lower_case(event.symbol));
  if (symbol == nullptr) return;
  ++stats_.images_failed;
  symbol->is_image_asked = false;
  symbol->next_image = now + kImageRetry;
  say_("mirror: " + symbol->name + ": no snapshot: " + event.text);
}

MirrorMarket::Symbol* MirrorMarket::find(std::string_view stream_symbol) {
  const auto found = std::ranges::find(symbols_, stream_symbol, &Symbol::stream_name);
  return found == symbols_.end() ? nullptr : &*found;
}

}  // namespace portcullis::sim
