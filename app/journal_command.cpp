#include "app/journal_command.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include <unistd.h>

#include "app/journal_records_text.hpp"
#include "core/journal/file_segments.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/log_writer.hpp"
#include "oms/order_recovery.hpp"

namespace portcullis::app {

namespace {

using journal::JournalReader;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kProgressEvery = 1 << 20;                 // records
constexpr std::uint64_t kProgressFrom = std::uint64_t{64} << 20;  // bytes
// A replay by hand must hold what any gateway's store could.
constexpr std::size_t kReplayOrders = std::size_t{1} << 20;

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fputc('\n', stdout);
}

ExitCode fail(ExitCode code, const std::string& text) {
  std::fprintf(stderr, "portcullis: %s\n", text.c_str());
  return code;
}

std::string type_name(std::uint16_t type) {
  if (type == journal::kSealType) return "seal";
  const bool is_known = type >= journal::kUserTypeMin && type < oms::kRecordTypeEnd;
  return is_known ? to_string(static_cast<oms::RecordType>(type)) : std::to_string(type);
}

// "reading: 43 %" on a terminal, for a journal that takes a while.
class Progress {
 public:
  explicit Progress(const JournalReader& reader)
      : reader_{reader},
        is_shown_{isatty(STDERR_FILENO) == 1 && reader.bytes_total() >= kProgressFrom} {}
  ~Progress() {
    if (is_shown_) std::fputs("\r              \r", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step() {
    if (!is_shown_ || ++count_ % kProgressEvery != 0) return;
    std::fprintf(
        stderr, "\rreading: %llu %%",
        static_cast<unsigned long long>(reader_.bytes_read() * 100 / reader_.bytes_total()));
  }

 private:
  const JournalReader& reader_;
  bool is_shown_;
  std::uint64_t count_{0};
};

Json json_of(const journal::Damage& damage) {
  return {{"kind", to_string(damage.kind)},  {"segment", damage.segment},
          {"offset", damage.offset},         {"position", damage.position},
          {"after_record", damage.sequence}, {"text", damage.text}};
}

// The last line of a reading: sound or not, and where.
ExitCode conclude(const JournalReader& reader) {
  if (!reader.damage()) return ExitCode::kOk;
  if (reader.is_usable()) {
    std::fprintf(stderr, "portcullis: %s; a start cuts it there\n", reader.damage()->text.c_str());
    return ExitCode::kOk;
  }
  return fail(ExitCode::kDataError, reader.damage()->text +
                                        "; restore the segment from a copy; a gateway will not "
                                        "start on this journal");
}

ExitCode verify(JournalReader& reader, const JournalCommand& command) {
  std::uint64_t records = 0;
  std::uint64_t seals = 0;
  bool is_head_found = command.head.empty();
  {
    Progress progress{reader};
    while (const auto record = reader.next()) {
      progress.step();
      ++records;
      if (record->header.type != journal::kSealType) continue;
      ++seals;
      is_head_found = is_head_found || hex_of(reader.sealed().hash) == command.head;
    }
  }
  const std::string head = hex_of(reader.sealed().hash);
  if (command.is_json) {
    Json body{{"sound", reader.is_usable() && is_head_found},
              {"records", records},
              {"seals", seals},
              {"sealed_position", reader.sealed().position},
              {"end_position", reader.end().position},
              {"head", head}};
    if (reader.damage()) body["damage"] = json_of(*reader.damage());
    put(body.dump());
  } else {
    put(std::to_string(records) + " records, " + std::to_string(seals) + " seals; sealed " +
        std::to_string(reader.sealed().position) + " of " + std::to_string(reader.end().position) +
        " bytes; head " + head);
  }
  if (const ExitCode code = conclude(reader); code != ExitCode::kOk) return code;
  if (is_head_found) return ExitCode::kOk;
  return fail(ExitCode::kDataError, "the head " + command.head +
                                        " is not in this journal's chain: its end was cut off, or "
                                        "it is another journal");
}

ExitCode dump(JournalReader& reader, const JournalCommand& command) {
  RecordRenderer renderer;
  while (const auto record = reader.next()) {
    const std::string time = format_wall_time(wall_time(record->header.wall_ns));
    const std::string type = type_name(record->header.type);
    const RecordFields fields = renderer.render(*record);
    if (command.is_json) {
      Json body{{"seq", record->header.sequence}, {"time", time}, {"type", type}};
      for (const auto& [name, value] : fields) body[name] = value;
      // A parked event may be cut anywhere, or be no text at all.
      put(body.dump(-1, ' ', false, Json::error_handler_t::replace));
      continue;
    }
    std::string line = std::to_string(record->header.sequence) + " " + time + " " + type;
    for (const auto& [name, value] : fields) line += " " + name + "=" + value;
    put(line);
  }
  return conclude(reader);
}

ExitCode count(JournalReader& reader, const JournalCommand& command) {
  std::map<std::string, std::uint64_t> by_type;
  std::uint64_t bytes = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  {
    Progress progress{reader};
    while (const auto record = reader.next()) {
      progress.step();
      ++by_type[type_name(record->header.type)];
      bytes += record->header.length;
      if (first_ns == 0) first_ns = record->header.wall_ns;
      last_ns = record->header.wall_ns;
    }
  }
  const std::size_t segments = reader.extents().size();
  if (command.is_json) {
    const Json body{{"segments", segments},
                    {"file_bytes", reader.bytes_total()},
                    {"record_bytes", bytes},
                    {"first", format_wall_time(wall_time(first_ns))},
                    {"last", format_wall_time(wall_time(last_ns))},
                    {"records", by_type}};
    put(body.dump());
  } else {
    put(std::to_string(segments) + " segments of " + std::to_string(reader.bytes_total()) +
        " bytes, " + std::to_string(bytes) + " of records");
    if (first_ns != 0) {
      put("from " + format_wall_time(wall_time(first_ns)) + " to " +
          format_wall_time(wall_time(last_ns)));
    }
    for (const auto& [type, number] : by_type) {
      std::printf("%12llu %s\n", static_cast<unsigned long long>(number), type.c_str());
    }
  }
  return conclude(reader);
}

Json json_of_order(const oms::Order& order, const InstrumentTable& instruments) {
  return {{"order", order.id.raw()},        {"symbol", instruments.at(order.symbol).symbol},
          {"side", to_string(order.side)},  {"px", order.px.str()},
          {"qty", order.qty.str()},         {"cum_qty", order.cum_qty.str()},
          {"state", to_string(order.state)}};
}

Json json_of_position(oms::RecoveredOrders& recovered, SymbolId symbol) {
  const oms::Position& position = recovered.accounting().positions().at(symbol);
  return {{"symbol", recovered.instruments().at(symbol).symbol},
          {"bought", position.bought().str()},
          {"sold", position.sold().str()},
          {"qty", position.qty().str()},
          {"realized", position.realized().rounded().str()},
          {"fee_in_quote", position.fee_in_quote().str()},
          {"fee_in_base", position.fee_in_base().str()},
          {"held", recovered.exposure().at(symbol).position.str()}};
}

// The same for the same journal, whoever replays it.
std::string digest_of(const Json& state) {
  const std::string text = state.dump();
  journal::HashChain chain{journal::Seal{}};
  chain.take(std::as_bytes(std::span{text}));
  return hex_of(chain.seal().hash);
}

ExitCode replay(journal::SegmentStore& store, const JournalCommand& command) {
  oms::OmsSettings settings;
  settings.order_capacity = kReplayOrders;
  settings.fill_window = kReplayOrders;
  const auto recovered = oms::RecoveredOrders::read(store, settings);
  if (!recovered) return fail(ExitCode::kDataError, recovered.error());
  oms::RecoveredOrders& found = **recovered;
  std::map<std::uint64_t, Json> open;  // by id: the same order whatever the replay's slots
  oms::OrderStore& orders = found.accounting().store();
  for (std::size_t i = 0; i < orders.open_count(); ++i) {
    const oms::Order& order = orders.open_at(i);
    open[order.id.raw()] = json_of_order(order, found.instruments());
  }
  Json state{{"runs", found.run_count()},
             {"orders", found.order_count()},
             {"fills", found.accounting().ledger().size()},
             {"open", Json::array()},
             {"positions", Json::array()}};
  for (const auto& [id, order] : open) state["open"].push_back(order);
  for (std::size_t i = 0; i < found.instruments().size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    state["positions"].push_back(json_of_position(found, symbol));
  }
  state["digest"] = digest_of(state);
  if (command.is_json) {
    put(state.dump());
    return ExitCode::kOk;
  }
  std::printf("%llu runs, %llu orders, %zu fills; digest %s\n",
              static_cast<unsigned long long>(found.run_count()),
              static_cast<unsigned long long>(found.order_count()),
              found.accounting().ledger().size(), state["digest"].get<std::string>().c_str());
  const auto put_lines = [](const char* title, const Json& rows) {
    for (const Json& row : rows) {
      std::string line = title;
      for (const auto& [name, value] : row.items()) {
        line += " " + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
      }
      put(line);
    }
  };
  put_lines("open", state["open"]);
  put_lines("position", state["positions"]);
  return ExitCode::kOk;
}

}  // namespace

ExitCode look_at_journal(const JournalCommand& command) {
  const auto store = journal::FileSegments::open_to_read(command.directory, command.memory_dir);
  if (!store) return fail(ExitCode::kIoError, store.error().text);
  if (command.verb == JournalCommand::Verb::kReplay) return replay(**store, command);
  auto reader = JournalReader::open(**store);
  if (!reader) return fail(ExitCode::kIoError, reader.error());
  switch (command.verb) {
    case JournalCommand::Verb::kVerify: return verify(*reader, command);
    case JournalCommand::Verb::kDump: return dump(*reader, command);
    case JournalCommand::Verb::kStat:
    case JournalCommand::Verb::kReplay: break;
  }
  return count(*reader, command);
}

}  // namespace portcullis::app
