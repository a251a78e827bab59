#include "app/audit_command.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/audit/audit_scan.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fputc('\n', stdout);
}

ExitCode fail(ExitCode code, const std::string& text) {
  std::fprintf(stderr, "portcullis: %s\n", text.c_str());
  return code;
}

ExitCode conclude(const audit::Scan& scan) {
  if (!scan.is_sound()) return fail(ExitCode::kDataError, scan.damage->text);
  if (!scan.torn_tail.empty()) {
    std::fputs("portcullis: the last line is not finished: being written, or cut by a crash\n",
               stderr);
  }
  return ExitCode::kOk;
}

ExitCode verify(const AuditCommand& command) {
  std::vector<audit::Head> anchors;
  if (!command.anchor_file.empty()) {
    auto read = audit::read_anchors(command.anchor_file);
    if (!read) return fail(ExitCode::kIoError, read.error());
    anchors = std::move(*read);
  }
  const auto scan = audit::verify(command.file, anchors);
  if (!scan) return fail(ExitCode::kIoError, scan.error());
  if (command.is_json) {
    Json body{{"sound", scan->is_sound()},
              {"records", scan->head.sequence},
              {"anchors", anchors.size()},
              {"head", scan->head.hash}};
    if (scan->damage) {
      body["damage"] = {{"record", scan->damage->line},
                        {"offset", scan->damage->offset},
                        {"text", scan->damage->text}};
    }
    put(body.dump());
  } else {
    put(std::to_string(scan->head.sequence) + " records, " + std::to_string(anchors.size()) +
        " anchors; head " + scan->head.hash);
  }
  return conclude(*scan);
}

void show_as_text(const audit::Record& record) {
  const audit::Entry& entry = record.entry;
  std::string line = std::to_string(record.sequence) + " " + record.time + " " +
                     to_string(entry.act) + " " + entry.scope + " by " + entry.actor;
  if (!entry.before.empty() || !entry.after.empty()) {
    line += ": " + (entry.before.empty() ? "nothing" : entry.before) + " -> " +
            (entry.after.empty() ? "nothing" : entry.after);
  }
  if (!entry.reason.empty()) line += " (" + entry.reason + ")";
  put(line);
}

void show_as_json(const audit::Record& record) {
  const audit::Entry& entry = record.entry;
  const Json body{
      {"sequence", record.sequence}, {"time", record.time},  {"act", to_string(entry.act)},
      {"actor", entry.actor},        {"scope", entry.scope}, {"reason", entry.reason},
      {"before", entry.before},      {"after", entry.after}, {"hash", record.hash}};
  put(body.dump());
}

}  // namespace

ExitCode look_at_audit(const AuditCommand& command) {
  if (command.verb == AuditCommand::Verb::kVerify) return verify(command);
  const auto scan = audit::scan(command.file, {}, 0, command.is_json ? show_as_json : show_as_text);
  if (!scan) return fail(ExitCode::kIoError, scan.error());
  return conclude(*scan);
}

}  // namespace portcullis::app
