#include "app/journal_command.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include <unistd.h>

#include "app/journal_records_text.hpp"
#include "app/journal_replay.hpp"
#include "app/journal_source.hpp"
#include "core/journal/journal_reader.hpp"
#include "core/log_writer.hpp"
#include "oms/journal_records.hpp"
#include "oms/order_recovery.hpp"

namespace portcullis::app {

namespace {

using journal::JournalReader;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kProgressEvery = 1 << 20;                 // records
constexpr std::uint64_t kProgressFrom = std::uint64_t{64} << 20;  // bytes
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

// Each snapshot that is there, and whether the journal's chain has the seal that it stands on.
class SnapshotCheck {
 public:
  explicit SnapshotCheck(const JournalSource& source) : source_{source} {
    if (source.start() != nullptr) note(source.start()->anchor.seal);
  }
  void note(const journal::Seal& seal) {
    for (const JournalSource::Found& found : source_.found()) {
      if (found.snapshot && found.snapshot->anchor.seal == seal) met_.insert(found.name);
    }
  }
  // Of the first that is not to be believed; empty when there is none.
  [[nodiscard]] std::string complaint() const {
    for (const JournalSource::Found& found : source_.found()) {
      const std::string fault = fault_of(found);
      if (!fault.empty()) {
        return found.name + ": " + fault +
               "; a start passes it over. Move it away; the gateway makes another";
      }
    }
    return {};
  }
  [[nodiscard]] Json rows() const {
    Json rows = Json::array();
    for (const JournalSource::Found& found : source_.found()) {
      const std::string fault = fault_of(found);
      Json row{{"file", found.name}, {"sound", fault.empty()}};
      if (!fault.empty()) row["fault"] = fault;
      if (found.snapshot) row["position"] = found.snapshot->anchor.seal.position;
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  [[nodiscard]] std::string fault_of(const JournalSource::Found& found) const {
    if (!found.snapshot) return found.snapshot.error();
    return met_.contains(found.name) ? "" : "the journal does not have the seal that it stands on";
  }

  const JournalSource& source_;
  std::set<std::string> met_;
};

// "from record 1234 on (snapshot FILE)", of a journal whose beginning was pruned.
std::string beginning_of(const JournalSource& source) {
  if (source.start() == nullptr) return {};
  return "from record " + std::to_string(source.start()->anchor.end.sequence + 1) +
         " on, as the snapshot of segment " + std::to_string(source.start()->number) + " stands";
}

void put_verified(const JournalReader& reader, const JournalSource& source,
                  const SnapshotCheck& snapshots, const JournalCommand& command, bool is_sound,
                  const std::array<std::uint64_t, 2>& counts) {
  const std::string head = hex_of(reader.sealed().hash);
  if (!command.is_json) {
    put(std::to_string(counts[0]) + " records, " + std::to_string(counts[1]) + " seals, " +
        std::to_string(source.found().size()) + " snapshots; sealed " +
        std::to_string(reader.sealed().position) + " of " + std::to_string(reader.end().position) +
        " bytes; head " + head);
    if (const std::string begins = beginning_of(source); !begins.empty()) put(begins);
    return;
  }
  Json body{{"sound", is_sound},
            {"records", counts[0]},
            {"seals", counts[1]},
            {"sealed_position", reader.sealed().position},
            {"end_position", reader.end().position},
            {"head", head},
            {"snapshots", snapshots.rows()}};
  if (source.start() != nullptr) {
    body["begins_at"] = source.start()->anchor.end.position;
    body["begins_with"] = hex_of(source.start()->anchor.seal.hash);
  }
  if (reader.damage()) body["damage"] = json_of(*reader.damage());
  put(body.dump());
}

ExitCode verify(JournalReader& reader, const JournalSource& source, const JournalCommand& command) {
  std::array<std::uint64_t, 2> counts{};  // records, and seals among them
  SnapshotCheck snapshots{source};
  bool is_head_found = command.head.empty() || hex_of(reader.sealed().hash) == command.head;
  {
    Progress progress{reader};
    while (const auto record = reader.next()) {
      progress.step();
      ++counts[0];
      if (record->header.type != journal::kSealType) continue;
      ++counts[1];
      snapshots.note(reader.sealed());
      is_head_found = is_head_found || hex_of(reader.sealed().hash) == command.head;
    }
  }
  const std::string complaint = snapshots.complaint();
  const bool is_sound = reader.is_usable() && is_head_found && complaint.empty();
  put_verified(reader, source, snapshots, command, is_sound, counts);
  if (const ExitCode code = conclude(reader); code != ExitCode::kOk) return code;
  if (!is_head_found) {
    return fail(ExitCode::kDataError, "the head " + command.head +
                                          " is not in this journal's chain: its end was cut off, "
                                          "or it is another journal, or it was pruned");
  }
  return complaint.empty() ? ExitCode::kOk : fail(ExitCode::kDataError, complaint);
}

// Numbers of a run whose beginning was pruned.
void name_from_snapshot(JournalSource& source, RecordRenderer& renderer) {
  if (source.start() == nullptr) return;
  const auto read = oms::RecoveredOrders::read(
      source.segments(), {},
      {.from = source.start(), .until = source.start()->anchor.end.position});
  if (!read) return;
  const InstrumentTable& instruments = (*read)->instruments();
  const auto symbols = (*read)->numbered_symbols();
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!instruments.contains(symbols[i])) continue;
    renderer.name_symbol(static_cast<std::uint16_t>(i), instruments.at(symbols[i]).symbol);
  }
  const auto assets = (*read)->numbered_assets();
  for (std::size_t i = 0; i < assets.size(); ++i) {
    if (assets[i] == kNoAsset) continue;
    renderer.name_asset(static_cast<std::uint16_t>(i), instruments.asset_name(assets[i]));
  }
}

ExitCode dump(JournalReader& reader, JournalSource& source, const JournalCommand& command) {
  RecordRenderer renderer;
  name_from_snapshot(source, renderer);
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

ExitCode count(JournalReader& reader, const JournalSource& source, const JournalCommand& command) {
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
    Json body{{"segments", segments},
              {"snapshots", source.found().size()},
              {"file_bytes", reader.bytes_total()},
              {"record_bytes", bytes},
              {"first", format_wall_time(wall_time(first_ns))},
              {"last", format_wall_time(wall_time(last_ns))},
              {"records", by_type}};
    if (source.start() != nullptr) body["first_record"] = source.start()->anchor.end.sequence + 1;
    put(body.dump());
  } else {
    put(std::to_string(segments) + " segments of " + std::to_string(reader.bytes_total()) +
        " bytes, " + std::to_string(bytes) + " of records, " +
        std::to_string(source.found().size()) + " snapshots");
    if (const std::string begins = beginning_of(source); !begins.empty()) put(begins);
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

}  // namespace

ExitCode look_at_journal(const JournalCommand& command) {
  auto source = JournalSource::open(command.directory, command.memory_dir);
  if (!source) return fail(ExitCode::kIoError, source.error());
  if (command.verb == JournalCommand::Verb::kReplay) {
    return replay_journal(source->segments(), source->start(), command.is_json);
  }
  auto reader = source->read();
  if (!reader) return fail(ExitCode::kIoError, reader.error());
  switch (command.verb) {
    case JournalCommand::Verb::kVerify: return verify(*reader, *source, command);
    case JournalCommand::Verb::kDump: return dump(*reader, *source, command);
    case JournalCommand::Verb::kStat:
    case JournalCommand::Verb::kReplay: break;
  }
  return count(*reader, *source, command);
}

}  // namespace portcullis::app
