// The journal and the order accounting over it: what writing down costs an order, how many order
// lives a thread accounts for, and how long a start takes to read them back.
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/bench_list.hpp"
#include "bench/journal_world.hpp"
#include "bench/order_world.hpp"
#include "core/check.hpp"
#include "core/journal/file_snapshots.hpp"
#include "core/unique_fd.hpp"
#include "oms/binance/message_decoder.hpp"
#include "oms/order_recovery.hpp"
#include "oms/snapshot_maker.hpp"

namespace portcullis::bench {

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;
// The reference: the same record into the file itself, mapped, while another thread syncs it.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path, std::size_t bytes)
      : fd_{::open(path.c_str(), O_RDWR | O_CREAT, 0600)},
        bytes_{bytes} {
    PORTCULLIS_CHECK(::posix_fallocate(fd_.get(), 0, static_cast<off_t>(bytes)) == 0, "no space");
    void* at =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_.get(), 0);
    PORTCULLIS_CHECK(at != MAP_FAILED, "no mapping");
    at_ = static_cast<std::byte*>(at);
    std::memset(at_, 0, bytes);
    syncer_ = std::jthread{[this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        (void)::fdatasync(fd_.get());
        std::this_thread::sleep_for(kSyncInterval);
      }
    }};
  }
  ~MappedFile() {
    syncer_.request_stop();
    syncer_.join();
    ::munmap(at_, bytes_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  void append(std::span<const std::byte> record) {
    if (offset_ + record.size() > bytes_) offset_ = 0;
    std::memcpy(at_ + offset_, record.data(), record.size());
    offset_ += record.size();
  }

 private:
  UniqueFd fd_;
  std::size_t bytes_;
  std::byte* at_{nullptr};
  std::size_t offset_{0};
  std::jthread syncer_;
};

oms::VenueReport report_of(const oms::Order& order, ExecType type, OrderState state) {
  oms::VenueReport report;
  report.order_id = order.id;
  report.venue_order_id = VenueOrderId{sequence_of(order.id)};
  report.symbol = order.symbol;
  report.side = order.side;
  report.px = order.px;
  report.qty = order.qty;
  report.exec_type = type;
  report.state = state;
  report.received = mono_time(1);
  return report;
}

// Sent, acknowledged, filled whole.
bool live_one_life(Books& books, OrderId id, const Now& now) {
  oms::Order* order = books.open(id, now);
  if (order == nullptr) return false;
  (void)books.accounting.on_report(report_of(*order, ExecType::kNew, OrderState::kNew), now);
  oms::VenueReport fill = report_of(*order, ExecType::kTrade, OrderState::kFilled);
  fill.trade_id = TradeId{sequence_of(id)};
  fill.last_px = order->px;
  fill.last_qty = order->qty;
  fill.cum_qty = order->qty;
  (void)books.accounting.on_report(fill, now);
  books.take_reports();
  return true;
}

std::string execution_report_text(const ClOrdIdCodec& codec, OrderId id) {
  std::string name(ClOrdIdCodec::kTextMax, '\0');
  name.resize(codec.encode(id, name.data()));
  const std::string number = std::to_string(sequence_of(id));
  return R"({"subscriptionId":0,"event":{"e":"executionReport","E":1750000000000,)"
         R"("s":"BTCUSDT","c":")" +
         name +
         R"(","S":"BUY","o":"LIMIT_MAKER","f":"GTC","q":"0.01000000","p":"61602.01000000",)"
         R"("P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"TRADE","X":"FILLED","r":"NONE",)"
         R"("i":)" +
         number +
         R"(,"l":"0.01000000","z":"0.01000000","L":"61602.01000000","n":"0.00001000","N":"BTC",)"
         R"("T":1750000000000,"t":)" +
         number + R"(,"I":)" + number +
         R"(,"w":false,"m":true,"M":true,"O":1750000000000,"Z":"616.02010000","Y":"616.02010000",)"
         R"("Q":"0.00000000","W":1750000000000,"V":"NONE"}})";
}

void measure_append(Reporter& reporter) {
  const Folder folder;
  Figure figure{"journal_append", "an 80-byte record, keeper syncing, mean of 100, one batch a ms",
                "memcpy into the mapped file itself, another thread syncing"};
  LiveJournal live{folder.path() + "/journal", 64 * kMegabyte, reporter.clock()};
  MappedFile mapped{folder.path() + "/mapped", 64 * kMegabyte};
  const oms::OrderRecord record{};
  std::array<std::byte, sizeof(journal::RecordHeader) + sizeof record> whole{};
  figure.reference.emplace();
  for (int round = 0; round < 1'000; ++round) {
    // As orders come: in small bursts, each after a sync.
    std::this_thread::sleep_for(kSyncInterval);
    const Now now{.mono = reporter.clock().now(), .wall = kWall};
    figure.ours.add(time_batch(reporter.clock(), 100, [&] {
      keep(live.get().append(20, 1, journal::bytes_of(record), now));
    }));
    figure.reference->add(time_batch(reporter.clock(), 100, [&] { mapped.append(whole); }));
  }
  reporter.report(figure);
}

void measure_order_out(Reporter& reporter) {
  const Folder folder;
  Figure figure{"order_written_and_encoded",
                "an approved order: store, journal, order.place after logon, mean of 100"};
  LiveJournal live{folder.path() + "/journal", 64 * kMegabyte, reporter.clock()};
  oms::OrderJournal journal{live.get()};
  Books books{journal};
  const ClOrdIdCodec codec{"pc1"};
  auto encoder = make_encoder(oms::binance::KeyKind::kEd25519, books.instruments, codec);
  std::uint64_t sequence = 0;
  for (int round = 0; round < 1'000; ++round) {
    const Now now{.mono = reporter.clock().now(), .wall = kWall};
    const NewOrderSingle order = make_order();
    const std::uint64_t first = sequence;
    for (int i = 0; i < 100; ++i) books.exposure.adopt(risk::held_of(order), order.qty);
    figure.ours.add(time_batch(reporter.clock(), 100, [&] {
      const OrderId id = make_order_id(1, ++sequence);
      keep(books.accounting.open(order, id, now));
      keep(encoder.order_place(order, id, kWall).size());
    }));
    for (std::uint64_t i = first + 1; i <= sequence; ++i) {
      oms::Order* opened = books.accounting.store().find(make_order_id(1, i));
      PORTCULLIS_CHECK(opened != nullptr, "the journal or the store was full");
      books.accounting.undo(*opened, now);
    }
    journal.do_work(now);
  }
  reporter.report(figure);
}

void measure_report_in(Reporter& reporter) {
  const Folder folder;
  Figure figure{"execution_report_applied",
                "bytes of a fill to journal, state, position and the strategy's ring, mean of 100"};
  LiveJournal live{folder.path() + "/journal", 64 * kMegabyte, reporter.clock()};
  oms::OrderJournal journal{live.get()};
  Books books{journal};
  const ClOrdIdCodec codec{"pc1"};
  oms::binance::MessageDecoder decoder{books.instruments, codec, kMegabyte};
  oms::binance::DecodedMessage message;
  std::uint64_t sequence = 0;
  for (int round = 0; round < 1'000; ++round) {
    const Now now{.mono = reporter.clock().now(), .wall = kWall};
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i) {
      const OrderId id = make_order_id(1, ++sequence);
      PORTCULLIS_CHECK(books.open(id, now) != nullptr, "the journal or the store was full");
      texts.push_back(execution_report_text(codec, id));
      texts.back().reserve(texts.back().size() + 64);
    }
    books.take_reports();
    std::size_t next = 0;
    figure.ours.add(time_batch(reporter.clock(), 100, [&] {
      decoder.decode(texts[next++], now.mono, message);
      for (const oms::VenueReport& report : message.reports) {
        keep(books.accounting.on_report(report, now));
      }
    }));
    PORTCULLIS_CHECK(books.accounting.store().open_count() == 0, "the fills were not applied");
    books.take_reports();
    journal.do_work(now);
  }
  reporter.report(figure);
}

// The journal of so many orders, read back from its beginning and from its newest snapshot.
void measure_recovery(Reporter& reporter, const std::string& directory, int lives) {
  Figure recovery{"journal_recovery", "an order of that million, read back, checked and replayed"};
  auto store = journal::FileSegments::open_to_read(directory);
  PORTCULLIS_CHECK(store.has_value(), "the journal cannot be read");
  const auto read = [&](Figure& figure, auto&& recover) {
    const MonoTime begin = reporter.clock().now();
    const auto recovered = recover();
    const Nanos took = reporter.clock().now() - begin;
    PORTCULLIS_CHECK(
        recovered.has_value() && (*recovered)->order_count() == static_cast<std::uint64_t>(lives),
        "the journal does not tell of every order");
    figure.ours.add(static_cast<double>(took.count()) / lives);  // tidy-ok: a figure, no money
    reporter.report(figure);
  };
  read(recovery, [&] { return oms::RecoveredOrders::read(**store, {}); });
  journal::FileSnapshots snapshots{directory};
  const oms::OmsSettings settings;
  oms::SnapshotMaker maker{**store, snapshots, settings, {.segment_bytes = 64 * kMegabyte}};
  Figure making{"snapshot_made", "an order of that million, into the journal's first snapshot"};
  const MonoTime begin = reporter.clock().now();
  while (maker.turn((*store)->list()->back() - 1, kWall)) {
  }
  PORTCULLIS_CHECK(maker.made_count() == 1, "no snapshot was made");
  const Nanos took = reporter.clock().now() - begin;
  making.ours.add(static_cast<double>(took.count()) / lives);  // tidy-ok: a figure, no money
  reporter.report(making);
  Figure shortened{"journal_recovery_from_snapshot",
                   "the same million, from the newest snapshot and the last segment"};
  read(shortened, [&] { return oms::RecoveredOrders::read_newest(**store, snapshots, {}); });
}

void measure_lives(Reporter& reporter) {
  constexpr int kLives = 1'000'000;
  constexpr int kBatch = 1'000;
  const Folder folder;
  Figure lives{
      "order_life_cycle",
      "sent, acknowledged, filled: store, journal, state machine, mean of 1000, 1000 times"};
  Figure sustained{"order_life_cycle_sustained",
                   "the same million from the first to the last, waits for the disk included"};
  {
    LiveJournal live{folder.path() + "/journal", 64 * kMegabyte, reporter.clock()};
    oms::OrderJournal journal{live.get()};
    Books books{journal};
    const Now begin{.mono = reporter.clock().now(), .wall = kWall};
    PORTCULLIS_CHECK(journal.begin_run(1, "bench", books.instruments, begin).has_value(),
                     "the run cannot be begun");
    std::uint64_t sequence = 0;
    for (int done = 0; done < kLives; done += kBatch) {
      const Now now{.mono = reporter.clock().now(), .wall = kWall};
      lives.ours.add(time_batch(reporter.clock(), kBatch, [&] {
        ++sequence;
        // The disk is behind, and an order waits for it, as the gate would let none pass.
        while (live.get().refusal(now.mono) != journal::JournalRefusal::kNone) {
          std::this_thread::yield();
        }
        PORTCULLIS_CHECK(live_one_life(books, make_order_id(1, sequence), now), "no room");
      }));
      journal.do_work(now);
    }
    const Nanos took = reporter.clock().now() - begin.mono;
    PORTCULLIS_CHECK(live.get().lost_count() == 0, "a report found no room in the journal");
    sustained.ours.add(static_cast<double>(took.count()) / kLives);  // tidy-ok: a figure, no money
    reporter.report(lives);
    reporter.report(sustained);
  }
  measure_recovery(reporter, folder.path() + "/journal", kLives);
}

}  // namespace

void bench_journal(Reporter& reporter) {
  if (reporter.wants("journal_append")) measure_append(reporter);
  if (reporter.wants("order_written_and_encoded")) measure_order_out(reporter);
  if (reporter.wants("execution_report_applied")) measure_report_in(reporter);
  if (reporter.wants("order_life_cycle") || reporter.wants("journal_recovery") ||
      reporter.wants("snapshot_made") || reporter.wants("journal_recovery_from_snapshot")) {
    measure_lives(reporter);
  }
}

}  // namespace portcullis::bench
