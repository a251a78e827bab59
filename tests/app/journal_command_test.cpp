// `portcullis journal VERB` on real files, with snapshots and without its beginning.
#include "app/journal_command.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include <gtest/gtest.h>

#include "core/journal/file_segments.hpp"
#include "core/journal/file_snapshots.hpp"
#include "core/journal/journal.hpp"
#include "oms/order_journal.hpp"
#include "oms/order_recovery.hpp"
#include "oms/snapshot_maker.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Verb = JournalCommand::Verb;
using portcullis::test::TempDirectory;

Now at_ms(std::int64_t ms) {
  return {.mono = mono_time(ms * 1'000'000), .wall = wall_time(ms * 1'000'000)};
}

// Orders that trade, over a dozen segments.
class JournalVerbs : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(memory_);
    Instrument btc;
    btc.symbol = "BTCUSDT";
    btc.base_asset_name = "BTC";
    btc.quote_asset_name = "USDT";
    instruments_.add(btc);
    segments_ = std::move(*journal::FileSegments::open_to_write(directory_, memory_));
    write();
  }
  void write() {
    auto reader = journal::JournalReader::open(*segments_);
    auto journal =
        journal::Journal::resume(*segments_, *reader, {.segment_bytes = 1 << 16}, at_ms(1));
    ASSERT_TRUE(journal.has_value()) << journal.error();
    oms::OrderJournal orders{**journal};
    ASSERT_TRUE(orders.begin_run(1, "test", instruments_, at_ms(1)).has_value());
    for (std::uint64_t i = 1; (*journal)->finished_segment() < kSegments; ++i) {
      write_order(orders, i);
      if (i % 40 != 0) continue;
      (void)(*journal)->turn(at_ms(2).mono);
      (void)orders.do_work(at_ms(2));
    }
    finished_ = (*journal)->finished_segment();
    (*journal)->close(at_ms(3));
  }
  // One in forty stays open.
  static void write_order(oms::OrderJournal& orders, std::uint64_t i) {
    NewOrderSingle order;
    order.px = Price::from_units(100);
    order.qty = Qty::from_units(2);
    order.symbol = SymbolId{0};
    ASSERT_TRUE(orders.record_order(order, OrderId{i}, at_ms(2)));
    oms::VenueReport report;
    report.order_id = OrderId{i};
    report.venue_order_id = VenueOrderId{i + 1'000'000};
    report.trade_id = TradeId{i};
    report.exec_type = ExecType::kTrade;
    report.symbol = SymbolId{0};
    report.last_px = order.px;
    report.last_qty = i % 40 == 0 ? Qty::from_units(1) : order.qty;
    report.cum_qty = report.last_qty;
    report.state = i % 40 == 0 ? OrderState::kPartiallyFilled : OrderState::kFilled;
    orders.record_report(report, at_ms(2));
  }
  void make_snapshots(oms::KeepSegments keep) {
    journal::FileSnapshots snapshots{directory_};
    oms::SnapshotMaker maker{
        *segments_, snapshots, settings_, {.keep = keep, .segment_bytes = std::size_t{1} << 30}};
    for (const std::uint64_t finished : {finished_ - 2, finished_}) {
      while (maker.turn(finished, wall_time(5))) {
      }
    }
    ASSERT_EQ(maker.failed_count(), 0U) << maker.error();
    ASSERT_EQ(maker.made_count(), 2U);
  }
  Json run(Verb verb, ExitCode expected = ExitCode::kOk, const std::string& head = {}) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const ExitCode code = look_at_journal({.verb = verb,
                                           .directory = directory_,
                                           .memory_dir = memory_,
                                           .is_json = true,
                                           .head = head});
    error_ = testing::internal::GetCapturedStderr();
    const std::string out = testing::internal::GetCapturedStdout();
    EXPECT_EQ(code, expected) << error_;
    return Json::parse(out.substr(0, out.find('\n')), nullptr, false);
  }

  static constexpr std::uint64_t kSegments = 12;
  const TempDirectory folder_;
  const std::string directory_ = folder_.file("journal");
  const std::string memory_ = folder_.file("memory");
  const oms::OmsSettings settings_;
  InstrumentTable instruments_;
  std::unique_ptr<journal::FileSegments> segments_;
  std::uint64_t finished_{0};
  std::string error_;
};

TEST_F(JournalVerbs, APrunedJournalBeginsWhereItsOlderSnapshotStands) {
  const Json whole = run(Verb::kReplay);
  const Json before = run(Verb::kVerify);
  ASSERT_NO_FATAL_FAILURE(make_snapshots(oms::KeepSegments::kRecent));
  ASSERT_GT(segments_->list()->front(), 1U);
  const Json after = run(Verb::kVerify);
  EXPECT_TRUE(after["sound"].get<bool>());
  EXPECT_EQ(after["head"], before["head"]);
  EXPECT_EQ(after["end_position"], before["end_position"]);
  EXPECT_GT(after["begins_at"].get<std::uint64_t>(), 100'000U);
  ASSERT_EQ(after["snapshots"].size(), 2U);
  EXPECT_TRUE(after["snapshots"][1]["sound"].get<bool>());
  (void)run(Verb::kVerify, ExitCode::kOk, after["begins_with"].get<std::string>());
  const Json replay = run(Verb::kReplay);
  EXPECT_EQ(replay["digest"], whole["digest"]);
  EXPECT_EQ(replay["orders"], whole["orders"]);
  const Json stat = run(Verb::kStat);
  EXPECT_EQ(stat["snapshots"], 2);
  EXPECT_GT(stat["first_record"].get<std::uint64_t>(), 100U);
  const Json first = run(Verb::kDump);
  EXPECT_EQ(first["seq"], stat["first_record"]);
}

// Records behind the pruned names are shown by name.
TEST_F(JournalVerbs, ADumpOfAPrunedJournalKnowsItsNames) {
  ASSERT_NO_FATAL_FAILURE(make_snapshots(oms::KeepSegments::kRecent));
  testing::internal::CaptureStdout();
  EXPECT_EQ(look_at_journal({.verb = Verb::kDump,
                             .directory = directory_,
                             .memory_dir = memory_,
                             .is_json = false,
                             .head = {}}),
            ExitCode::kOk);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("symbol=BTCUSDT"), std::string::npos);
  EXPECT_EQ(text.find("symbol=#"), std::string::npos);
}

TEST_F(JournalVerbs, AnArchiveIsAJournalByItselfAndMovedBackTheWholeOneAgain) {
  const Json whole = run(Verb::kReplay);
  ASSERT_NO_FATAL_FAILURE(make_snapshots(oms::KeepSegments::kArchive));
  EXPECT_EQ(run(Verb::kReplay)["digest"], whole["digest"]);
  const std::string archive = directory_ + "/archive";
  testing::internal::CaptureStdout();
  EXPECT_EQ(look_at_journal({.verb = Verb::kVerify,
                             .directory = archive,
                             .memory_dir = memory_,
                             .is_json = true,
                             .head = {}}),
            ExitCode::kOk);
  (void)testing::internal::GetCapturedStdout();
  for (const auto& entry : fs::directory_iterator{archive}) {
    fs::rename(entry.path(), directory_ + "/" + entry.path().filename().string());
  }
  const Json verified = run(Verb::kVerify);
  EXPECT_TRUE(verified["sound"].get<bool>());
  EXPECT_FALSE(verified.contains("begins_at"));
  EXPECT_EQ(run(Verb::kReplay)["digest"], whole["digest"]);
}

TEST_F(JournalVerbs, ADamagedSnapshotIsNamedAndTheJournalIsStillReplayed) {
  const Json whole = run(Verb::kReplay);
  ASSERT_NO_FATAL_FAILURE(make_snapshots(oms::KeepSegments::kRecent));
  const std::string newest = journal::FileSnapshots{directory_}.name_of(finished_);
  std::fstream file{newest, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(300);
  file.put('\x7F');
  file.close();
  const Json verified = run(Verb::kVerify, ExitCode::kDataError);
  EXPECT_FALSE(verified["sound"].get<bool>());
  EXPECT_NE(error_.find(newest), std::string::npos) << error_;
  EXPECT_EQ(run(Verb::kReplay)["digest"], whole["digest"]);
}

}  // namespace
}  // namespace portcullis::app
