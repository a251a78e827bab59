#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <simdjson.h>

#include "bench/bench_list.hpp"
#include "core/check.hpp"
#include "core/counters.hpp"
#include "feeds/binance/stream_decoder.hpp"
#include "feeds/l2_book.hpp"
#include "feeds/market_pipeline.hpp"
#include "feeds/replay/capture.hpp"
#include "feeds/replay/replay_feed.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::bench {

namespace {

InstrumentTable one_instrument() {
  InstrumentTable table;
  Instrument instrument;
  instrument.symbol = "BTCUSDT";
  instrument.base_asset_name = "BTC";
  instrument.quote_asset_name = "USDT";
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  table.add(instrument);
  return table;
}

// Text followed by the slack that the decoder may read.
class PaddedFrame {
 public:
  explicit PaddedFrame(std::string text) : size_{text.size()}, bytes_{std::move(text)} {
    bytes_.resize(size_ + 64);
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::size_t size_;
  std::string bytes_;
};

PaddedFrame book_ticker_frame(int step) {
  return PaddedFrame{R"({"stream":"btcusdt@bookTicker","data":{"u":)" +
                     std::to_string(50'093'239'189 + step) + R"(,"s":"BTCUSDT","b":"61602.0)" +
                     std::to_string(step % 10) +
                     R"(000000","B":"1.67177000","a":"61603.02000000","A":"2.66795000"}})"};
}

PaddedFrame depth_frame() {
  std::string text =
      R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,)"
      R"("s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[)";
  for (int i = 0; i < 20; ++i) {
    text += (i > 0 ? "," : "") + std::string{"[\"61"} + std::to_string(700 - i) +
            ".63000000\",\"0." + std::to_string(10'000 + i) + "\"]";
  }
  text += R"(],"a":[)";
  for (int i = 0; i < 20; ++i) {
    text += (i > 0 ? "," : "") + std::string{"[\"61"} + std::to_string(701 + i) +
            ".64000000\",\"1." + std::to_string(54'698 + i) + "\"]";
  }
  return PaddedFrame{text + "]}}"};
}

// What a general parser does for the same frame: the whole document, then the fields of a top.
void dom_book_ticker(simdjson::dom::parser& parser, std::string_view frame) {
  simdjson::dom::element data;
  if (parser.parse(frame.data(), frame.size(), false)["data"].get(data) != simdjson::SUCCESS)
    return;
  for (const char* key : {"b", "B", "a", "A"}) {
    std::string_view number;
    if (data[key].get(number) == simdjson::SUCCESS) keep(parse_fixed8(number));
  }
}

void dom_parse(simdjson::dom::parser& parser, std::string_view frame) {
  simdjson::dom::element data;
  keep(parser.parse(frame.data(), frame.size(), false)["data"].get(data));
}

void bench_decode(Reporter& reporter) {
  const InstrumentTable instruments = one_instrument();
  const feeds::SymbolIndex symbols{instruments};
  feeds::binance::StreamDecoder decoder{symbols};
  feeds::DecodedEvent event;
  simdjson::dom::parser parser;
  if (reporter.wants("decode_bookticker")) {
    std::vector<PaddedFrame> frames;
    for (int i = 0; i < 64; ++i) frames.push_back(book_ticker_frame(i));
    std::size_t at = 0;
    Figure figure{"decode_bookticker",

                  "combined frame to typed event, 64 frames in turn, mean of 1000, 1000 "
                  "times",
                  "simdjson DOM, four numbers taken"};
    measure_pair(
        reporter, figure, 1000, 1000,
        [&] { keep(decoder.decode(frames[at++ & 63].view(), event)); },
        [&] { dom_book_ticker(parser, frames[at++ & 63].view()); });
    PORTCULLIS_CHECK(event.top.bid_px > Price::from_units(61'602), "decoded nothing");
    reporter.report(figure);
  }
  if (reporter.wants("decode_depth20")) {
    const PaddedFrame frame = depth_frame();
    Figure figure{"decode_depth20", "20+20 levels to typed levels, mean of 200, 1000 times",
                  "simdjson DOM, parse alone"};
    measure_pair(
        reporter, figure, 1000, 200, [&] { keep(decoder.decode(frame.view(), event)); },
        [&] { dom_parse(parser, frame.view()); });
    PORTCULLIS_CHECK(event.bids.size() == 20 && event.asks.size() == 20, "decoded nothing");
    reporter.report(figure);
  }
}

void bench_book(Reporter& reporter) {
  if (!reporter.wants("book_apply_level")) return;
  constexpr std::int64_t kLevels = 2000;
  feeds::L2Book book;
  std::map<std::int64_t, std::int64_t, std::greater<>> tree;
  const auto px_of = [](std::int64_t i) { return 6'170'000'000'000 - i * 1'000'000; };
  for (std::int64_t i = 0; i < kLevels; ++i) {
    book.set_level(Side::kBuy, Price::from_raw(px_of(i)), Qty::from_raw(1'000 + i));
    tree[px_of(i)] = 1'000 + i;
  }
  // Near the top nine times of ten, as in the recorded day; a tenth adds or removes.
  std::uint64_t state = 1;
  const auto next = [&state, px_of] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto draw = static_cast<std::int64_t>(state >> 33);
    const std::int64_t level = draw % 10 == 0 ? draw % kLevels : draw % 40;
    return std::pair{px_of(level), draw % 16 == 0 ? 0 : 1'000 + draw % 97};
  };
  Figure figure{"book_apply_level",

                "2000 levels, 90 % of changes among the best 40, one in 16 removes; mean "
                "of 1000, 1000 times",
                "std::map"};
  measure_pair(
      reporter, figure, 1000, 1000,
      [&] {
        const auto [px, qty] = next();
        book.set_level(Side::kBuy, Price::from_raw(px), Qty::from_raw(qty));
      },
      [&] {
        const auto [px, qty] = next();
        if (qty == 0) {
          tree.erase(px);
        } else {
          tree[px] = qty;
        }
      });
  reporter.report(figure);
}

struct PipelineWorld {
  InstrumentTable instruments = one_instrument();
  CounterFile counters = std::move(*CounterFile::create(""));
  MarketView view{1};
  SpscRing<MarketEvent> ring{65'536};
  HopTimers hops;
  MonoClock clock;
  HopClock hop_clock{clock};
  LogRing log;
  feeds::MarketPipeline::Outlets outlets{view, ring, hops, hop_clock, log};

  void drain() {
    ring.drain([](const MarketEvent& event) noexcept { keep(event.top.bid_px); }, 65'536);
  }
};

void bench_publish(Reporter& reporter) {
  if (!reporter.wants("feed_frame_to_published")) return;
  PipelineWorld world;
  const feeds::SymbolIndex symbols{world.instruments};
  feeds::binance::StreamDecoder decoder{symbols};
  feeds::FeedCounters counters = feeds::FeedCounters::allocate(world.counters, "feed");
  Figure figure{"feed_frame_to_published",

                "bookTicker frame to MarketView and ring, hop stamps included; mean of "
                "1000 rising frames, 300 times"};
  std::vector<PaddedFrame> frames;
  for (int i = 0; i < 1000; ++i) frames.push_back(book_ticker_frame(i));
  for (int round = 0; round < 300; ++round) {
    feeds::MarketPipeline fresh{1, {}, world.outlets, counters};
    std::size_t at = 0;
    figure.ours.add(time_batch(world.clock, 1000, [&] {
      const MonoTime now = world.clock.now();
      keep(fresh.on_frame(decoder, frames[at++].view(), now, Now{.mono = now, .wall = {}}));
    }));
    PORTCULLIS_CHECK(world.ring.size_estimate() == 1000, "an update was not published");
    world.drain();
  }
  reporter.report(figure);
}

void bench_capture(Reporter& reporter) {
  if (!reporter.wants("replay_message")) return;
  const std::string folder = shared_data("spot/");
  const std::vector<std::string> files{folder + "btcusdt_20240808.gz",
                                       folder + "btcusdt_20240809.gz"};
  if (!std::filesystem::exists(files[0])) {
    reporter.remark("replay_message: skipped, no recorded capture at " + folder);
    return;
  }
  const auto capture = feeds::replay::Capture::load(files);
  PORTCULLIS_CHECK(capture.has_value(), "the capture cannot be read");
  Figure figure{"replay_message",

                "recorded BTCUSDT day as fast as it goes: decode, book, view, ring; mean "
                "of a message over the whole capture, 7 times"};
  for (int round = 0; round < 7; ++round) {
    PipelineWorld world;
    feeds::replay::ReplayFeed feed{
        *capture, {.speed = 0}, world.instruments, world.outlets, world.counters};
    const MonoTime begin = world.clock.now();
    while (!feed.is_finished()) {
      const MonoTime now = world.clock.now();
      feed.do_work(Now{.mono = now, .wall = {}});
      world.drain();
    }
    figure.ours.add(static_cast<double>((world.clock.now() - begin).count()) /
                    static_cast<double>(capture->size()));
  }
  reporter.report(figure);
  reporter.remark("  " + std::to_string(static_cast<long>(1e9 / figure.ours.quantile(0.5))) +
                  " messages a second on one core, " + std::to_string(capture->size()) +
                  " messages");
}

}  // namespace

void bench_feed(Reporter& reporter) {
  bench_decode(reporter);
  bench_book(reporter);
  bench_publish(reporter);
  bench_capture(reporter);
}

}  // namespace portcullis::bench
