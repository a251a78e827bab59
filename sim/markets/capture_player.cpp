#include "sim/markets/capture_player.hpp"

#include <algorithm>
#include <utility>

#include "sim/lower_case.hpp"

namespace portcullis::sim {

namespace {

// A recording names its symbol in nearly every line; one that has not by then has no frames.
constexpr int kLinesToLookAt = 1'000;

// "btcusdt" of {"stream":"btcusdt@trade",..}; empty for another line.
std::string_view symbol_of(std::string_view json) {
  constexpr std::string_view kHead = R"({"stream":")";
  if (!json.starts_with(kHead)) return {};
  json.remove_prefix(kHead.size());
  return json.substr(0, std::min(json.find('@'), json.size()));
}

std::expected<void, std::string> check_symbol(const std::string& file, const std::string& symbol) {
  auto reader = CaptureReader::open({file});
  if (!reader) return std::unexpected{reader.error()};
  for (int i = 0; i < kLinesToLookAt; ++i) {
    const auto line = reader->next();
    if (!line && i == 0) {
      return std::unexpected{"the capture " + file +
                             " holds no line of a recording: TIME JSON, time in nanoseconds"};
    }
    if (!line) return {};
    const std::string_view named = symbol_of(line->json);
    if (named.empty()) continue;
    if (lower_case(named) == lower_case(symbol)) return {};
    return std::unexpected{"the capture " + file + " holds " + std::string{named} + ", not " +
                           symbol + ": give it to its own symbol, SYMBOL=" + file};
  }
  return {};
}

bool is_book_ticker(std::string_view json) {
  constexpr std::size_t kStreamNameEnd = 80;
  return json.substr(0, kStreamNameEnd).find("@bookTicker\"") != std::string_view::npos;
}

}  // namespace

std::expected<std::unique_ptr<CapturePlayer>, std::string> CapturePlayer::open(
    Exchange& exchange, const CaptureSource& source) {
  if (source.symbol >= exchange.symbols().size()) {
    return std::unexpected{
        std::string{"the capture has no symbol to mirror: add one to the exchange's list"}};
  }
  auto reader = CaptureReader::open(source.files);
  if (!reader) return std::unexpected{reader.error()};
  for (const std::string& file : source.files) {
    const auto is_ours = check_symbol(file, exchange.symbols()[source.symbol].symbol);
    if (!is_ours) return std::unexpected{is_ours.error()};
  }
  return std::unique_ptr<CapturePlayer>{
      new CapturePlayer{exchange, source.symbol, std::move(*reader)}};
}

CapturePlayer::CapturePlayer(Exchange& exchange, std::size_t symbol, CaptureReader reader)
    : stream_symbol_{lower_case(exchange.symbols()[symbol].symbol)},
      mirror_{exchange, symbol},
      reader_{std::move(reader)} {
  read_next();
}

std::optional<std::int64_t> CapturePlayer::next_ns() const {
  if (!line_) return std::nullopt;
  return line_->received_ns;
}

void CapturePlayer::read_next() {
  line_ = reader_.next();
  stats_.untimed = reader_.malformed();
}

void CapturePlayer::play(WallTime now) {
  ++stats_.lines;
  if (!is_book_ticker(line_->json)) {
    const bool is_frame = line_->json.starts_with(R"({"stream":)");
    if (!(is_frame ? play_frame(now) : play_image(now))) ++stats_.malformed;
  }
  stats_.last_update_id = sync_.last_id();
  read_next();
}

bool CapturePlayer::play_frame(WallTime now) {
  const auto kind = decoder_.read_frame(line_->json, wall_time(line_->received_ns));
  if (kind == FeedDecoder::Kind::kMalformed) return false;
  if (decoder_.stream_symbol() != stream_symbol_) {
    ++stats_.foreign;
  } else if (kind == FeedDecoder::Kind::kDepth) {
    play_depth(decoder_.depth(), now);
  } else if (kind == FeedDecoder::Kind::kPrint && sync_.is_synced()) {
    ++stats_.trades;
    mirror_.apply(decoder_.print(), now);
  }
  return true;
}

bool CapturePlayer::play_image(WallTime now) {
  if (!decoder_.read_image(line_->json)) return false;
  const DepthImage& image = decoder_.image();
  // Too old or not: a recording has no other. What is missing shows as a gap.
  auto early = sync_.take_early();
  (void)sync_.on_image(image.last_id);
  mirror_.apply(image, now);
  for (DepthUpdate& update : early) play_depth(update, now);
  return true;
}

void CapturePlayer::play_depth(DepthUpdate& update, WallTime now) {
  const DepthSync::Step step = sync_.on_update(update);
  if (step == DepthSync::Step::kKeep) return;
  if (step == DepthSync::Step::kDrop) {
    ++stats_.depth_dropped;
    return;
  }
  if (step == DepthSync::Step::kGap) ++stats_.depth_gaps;
  ++stats_.depth_applied;
  mirror_.apply(update, now);
}

}  // namespace portcullis::sim
